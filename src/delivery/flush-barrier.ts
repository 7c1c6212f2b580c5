import type { DropReason } from '../record/drop-reason';
import type { Outcome } from './pipeline';

/** Logs were lost. `forceFlush()` rejects with it. */
export class ReadmeDeliveryError extends Error {
  override readonly name = 'ReadmeDeliveryError';
  readonly code = 'ERR_README_DELIVERY';
  /** How many of the logs that were waited for are lost, by drop reason. */
  readonly dropped: { readonly [Cause in DropReason]?: number };
  /** How many of the logs that were waited for are lost. */
  readonly lost: number;

  constructor(dropped: { readonly [Cause in DropReason]?: number }) {
    const counts = Object.entries(dropped).map(([cause, count]) => `${count} ${cause}`);
    super(`logs were not delivered to ReadMe: ${counts.join(', ')}`);
    this.dropped = dropped;
    this.lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  }
}

/** Waits for the logs that there are at one moment, and remembers how many of them were lost. */
export class FlushBarrier {
  readonly #resolve: (lost: ReadmeDeliveryError | undefined) => void;
  readonly #lastNumber: number;
  readonly #dropped: { [Cause in DropReason]?: number } = {};
  #open: number;
  #anyLost = false;

  /**
   * @param lastNumber number of the last log that is waited for.
   * @param open how many logs up to that one are not settled yet.
   */
  constructor(
    lastNumber: number,
    open: number,
    resolve: (lost: ReadmeDeliveryError | undefined) => void,
  ) {
    this.#lastNumber = lastNumber;
    this.#open = open;
    this.#resolve = resolve;
  }

  /** @returns true when this was the last log that was waited for. */
  settled(number: number, outcome: Outcome): boolean {
    if (number > this.#lastNumber) return false;
    if (outcome !== 'delivered' && outcome !== 'spooled') {
      this.#dropped[outcome] = (this.#dropped[outcome] ?? 0) + 1;
      this.#anyLost = true;
    }
    if (--this.#open > 0) return false;
    this.#resolve(this.#anyLost ? new ReadmeDeliveryError(this.#dropped) : undefined);
    return true;
  }
}
