import { closeExchange } from './close-exchange';
import type { Exchange } from './exchange';

/** Exchanges whose response has not closed: a list whose links are fields of the exchanges themselves. */
export class OpenExchanges {
  #first: Exchange | undefined;

  add(exchange: Exchange): void {
    exchange.next = this.#first;
    if (this.#first !== undefined) this.#first.previous = exchange;
    this.#first = exchange;
  }

  delete(exchange: Exchange): void {
    const { previous, next } = exchange;
    if (previous !== undefined) previous.next = next;
    else if (this.#first === exchange) this.#first = next;
    if (next !== undefined) next.previous = previous;
    exchange.previous = undefined;
    exchange.next = undefined;
  }

  /** Closes them as they stand, because the process ends before their responses do. */
  closeAll(): void {
    for (let exchange = this.#first; exchange !== undefined; ) {
      // Closing it takes it out of the list.
      const { next } = exchange;
      closeExchange(exchange);
      exchange = next;
    }
  }
}
