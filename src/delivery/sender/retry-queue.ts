import { clearTimeout, setTimeout } from 'node:timers';
import type { WaitingLog } from './waiting-log';

/** The logs of a request that failed. */
export interface FailedBatch {
  readonly logs: readonly WaitingLog[];
  /** How often they were sent. */
  readonly attempts: number;
  /** `performance.now()` of the last failure. */
  readonly failedAt?: number;
}

interface Entry extends FailedBatch {
  /** `performance.now()` from which it may be sent again; not of the wall clock, which can jump. */
  readonly dueAt: number;
}

/**
 * Requests that wait for another try. Each stays as it is: logs that a server cannot digest must not spoil
 * those that came later.
 */
export class RetryQueue {
  readonly #onDue: () => void;
  /** The first that is due stands last, where it is taken without moving the others. */
  #entries: Entry[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param onDue called when at least one may be sent again. */
  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  get length(): number {
    return this.#entries.length;
  }

  add(batch: FailedBatch, delayMillis: number): void {
    const dueAt = performance.now() + delayMillis;
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle] as Entry).dueAt > dueAt) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, { ...batch, dueAt });
    this.#arm();
  }

  /** The one that has been due longest; `undefined` when none is due. */
  takeDue(): FailedBatch | undefined {
    const first = this.#entries.at(-1);
    if (first === undefined || first.dueAt > performance.now()) return undefined;
    this.#entries.pop();
    this.#arm();
    return first;
  }

  takeAll(): FailedBatch[] {
    const all = this.#entries;
    this.#entries = [];
    this.#arm();
    return all;
  }

  /** The timer does not keep the process alive; at its end, `flushBeforeExit()` sends everything. */
  #arm(): void {
    clearTimeout(this.#timer);
    const first = this.#entries.at(-1);
    if (first === undefined) return;
    const delay = Math.max(Math.ceil(first.dueAt - performance.now()), 1);
    this.#timer = setTimeout(() => this.#onTimer(), delay).unref();
  }

  /** A timer of Node may be a millisecond early. */
  #onTimer(): void {
    const first = this.#entries.at(-1);
    if (first !== undefined && first.dueAt > performance.now()) this.#arm();
    else this.#onDue();
  }
}
