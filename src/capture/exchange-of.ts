import type { Exchange } from './exchange';

/**
 * On request and response. Another copy of this package finds the exchange by it too: a second installed
 * version, or one that a bundler (Next.js) has put into the application's own code.
 */
const EXCHANGE = Symbol.for('readme-metrics-opentelemetry.exchange');

type Observed = { readonly [EXCHANGE]?: Exchange };

/** Ties a request, or a response, to its exchange. */
export function linkExchange(host: object, exchange: Exchange): void {
  Object.defineProperty(host, EXCHANGE, { value: exchange });
}

/** The exchange of a request or a response; `undefined` when it is not observed. */
export function exchangeOf(host: object | undefined): Exchange | undefined {
  return (host as Observed | undefined)?.[EXCHANGE];
}

/** Whether a request is observed already, by whichever copy of this package. */
export function isObserved(request: object): boolean {
  return EXCHANGE in request;
}

/**
 * The request or response that was tied to an exchange: `self`, what the application has made `self` from
 * (`Object.create(response)`), or none.
 */
export function observedHost(self: object): object | undefined {
  let host: object | null = self;
  while (host !== null && !Object.hasOwn(host, EXCHANGE)) host = Object.getPrototypeOf(host);
  return host ?? undefined;
}
