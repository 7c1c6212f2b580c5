import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import type { Exchange } from './exchange';

const exchanges = new WeakMap<object, Exchange>();

/** On the request, where a second installed copy of this package finds it too. */
const OBSERVED = Symbol.for('readme-metrics-opentelemetry.observed');

/**
 * Holds the request, not the exchange: Node keeps the store of a keep-alive connection until the next
 * request on it, and a captured body must not wait for that.
 */
const currentRequest = new AsyncLocalStorage<WeakRef<IncomingMessage> | undefined>();

/** From here on, code that runs because of this request finds its exchange. */
export function enterExchange(exchange: Exchange): void {
  exchanges.set(exchange.request, exchange);
  Object.defineProperty(exchange.request, OBSERVED, { value: true });
  currentRequest.enterWith(new WeakRef(exchange.request));
}

/** A request that is not observed must not find the exchange of the one before it on the same connection. */
export function enterNothing(): void {
  if (currentRequest.getStore() !== undefined) currentRequest.enterWith(undefined);
}

/** Whether a request is observed already, by whichever copy of this package. */
export function isObserved(request: IncomingMessage): boolean {
  return OBSERVED in request;
}

/** The exchange of the request because of which this code runs. */
export function currentExchange(): Exchange | undefined {
  return exchangeOf(currentRequest.getStore()?.deref());
}

/** The exchange of a request; `undefined` when it is not observed. */
export function exchangeOf(request: IncomingMessage | undefined): Exchange | undefined {
  return request && exchanges.get(request);
}
