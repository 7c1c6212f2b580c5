import { clearTimeout, setTimeout } from 'node:timers';
import type { Exchange } from '../capture/exchange';

/** A flush that waits for exchanges. */
interface Waiting {
  readonly exchanges: Set<Exchange>;
  readonly onSettled: () => void;
}

/** Exchanges whose response has closed but whose caller is not known yet. */
export class UnsettledExchanges {
  readonly #exchanges = new Set<Exchange>();
  #waiting: Waiting[] = [];

  get size(): number {
    return this.#exchanges.size;
  }

  add(exchange: Exchange): void {
    this.#exchanges.add(exchange);
  }

  /** The exchange is settled, or was never added. */
  delete(exchange: Exchange): void {
    if (!this.#exchanges.delete(exchange) || this.#waiting.length === 0) return;
    for (const { exchanges } of this.#waiting) exchanges.delete(exchange);
    this.#waiting = this.#waiting.filter(({ exchanges, onSettled }) => {
      if (exchanges.size === 0) onSettled();
      return exchanges.size > 0;
    });
  }

  /**
   * Resolves when all that are there now are settled, or the time is over: a grouping promise that hangs
   * must not hold up a shutdown.
   */
  async wait(boundMillis: number): Promise<void> {
    if (this.#exchanges.size === 0) return;
    await new Promise<void>((resolve) => {
      const waiting: Waiting = {
        exchanges: new Set(this.#exchanges),
        onSettled: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        resolve();
      }, boundMillis);
      this.#waiting.push(waiting);
    });
  }

  giveUp(): void {
    for (const exchange of [...this.#exchanges]) exchange.giveUpOnCaller();
  }
}
