import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import type { Exchange } from './exchange';

/**
 * On the request, where another copy of this package finds its exchange too: a second installed version, or
 * one that a bundler (Next.js) has put into the application's own code.
 */
const EXCHANGE = Symbol.for('readme-metrics-opentelemetry.exchange');

/** On `globalThis`, for the same reason. */
const CURRENT_REQUEST = Symbol.for('readme-metrics-opentelemetry.current-request');

type ObservedRequest = IncomingMessage & { readonly [EXCHANGE]?: Exchange };

/**
 * Holds the request weakly: Node keeps the store of a keep-alive connection until the next request on it,
 * and a captured body must not wait for that.
 */
type CurrentRequest = AsyncLocalStorage<WeakRef<ObservedRequest> | undefined>;

const processWide = globalThis as { [CURRENT_REQUEST]?: CurrentRequest };
// Always, though up to Node 22 it costs every promise of the application some time: Next loads what imports
// setReadmeGroup only when the first request runs it, and that request has to be followed too.
processWide[CURRENT_REQUEST] ??= new AsyncLocalStorage();
const currentRequest = processWide[CURRENT_REQUEST];

/** From here on, code that runs because of this request finds its exchange. */
export function enterExchange(exchange: Exchange): void {
  Object.defineProperty(exchange.request, EXCHANGE, { value: exchange });
  currentRequest.enterWith(new WeakRef(exchange.request));
}

/** A request that is not observed must not find the exchange of the one before it on the same connection. */
export function enterNothing(): void {
  if (currentRequest.getStore() !== undefined) currentRequest.enterWith(undefined);
}

/** Whether a request is observed already, by whichever copy of this package. */
export function isObserved(request: IncomingMessage): boolean {
  return EXCHANGE in request;
}

/** The exchange of the request because of which this code runs. */
export function currentExchange(): Exchange | undefined {
  return exchangeOf(currentRequest.getStore()?.deref());
}

/** The exchange of a request; `undefined` when it is not observed. */
export function exchangeOf(request: ObservedRequest | undefined): Exchange | undefined {
  return request?.[EXCHANGE];
}
