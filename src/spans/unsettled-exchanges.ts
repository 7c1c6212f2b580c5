import type { Exchange } from '../capture/exchange';

/** Exchanges whose response has closed but whose caller is not known yet. */
export class UnsettledExchanges {
  readonly #exchanges = new Map<Exchange, Promise<void>>();

  get size(): number {
    return this.#exchanges.size;
  }

  /** @param settled resolves when the exchange is settled. */
  add(exchange: Exchange, settled: Promise<void>): void {
    this.#exchanges.set(exchange, settled);
    void settled.then(() => this.#exchanges.delete(exchange));
  }

  /**
   * Resolves when all that are there now are settled, or the time is over: a grouping promise that hangs
   * must not hold up a shutdown.
   */
  async wait(boundMillis: number): Promise<void> {
    if (this.#exchanges.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, boundMillis);
    });
    await Promise.race([Promise.all(this.#exchanges.values()), bound]);
    clearTimeout(timer);
  }

  giveUp(): void {
    for (const exchange of this.#exchanges.keys()) exchange.giveUpOnCaller();
  }
}
