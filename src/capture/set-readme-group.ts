import { IncomingMessage } from 'node:http';
import type { ReadmeGroup } from '../options/readme-options';
import { debug } from '../options/warnings';
import { currentExchange } from './current-exchange';
import { exchangeOf } from './exchange-of';

/** A Node request, or a framework's request that holds one: Fastify (`raw`), Koa (`req`), Hapi (`raw.req`). */
export type RequestLike =
  | IncomingMessage
  | { readonly raw: IncomingMessage | { readonly req: IncomingMessage } }
  | { readonly req: IncomingMessage };

/**
 * Says who made a request, from any handler or middleware. It wins over the grouping function, may be
 * called again, and must be called before the response is complete. With `null` the exchange is not logged,
 * and its capture ends: naming a caller later does not bring it back.
 *
 * It never throws. Called outside a request, or for one that is not observed, it does nothing but tell
 * OpenTelemetry's `diag`.
 *
 * @param group who is calling, or `null`.
 * @param request the request; by default the one because of which this code runs.
 */
export function setReadmeGroup(group: ReadmeGroup | null | undefined, request?: RequestLike): void {
  const exchange = request === undefined ? currentExchange() : exchangeOf(nodeRequest(request));
  if (exchange === undefined) {
    debug('setReadmeGroup was called for a request that is not observed');
    return;
  }
  exchange.setGroup(group);
}

/** Frameworks wrap each other, so the way in may be two steps long. */
function nodeRequest(request: unknown): IncomingMessage | undefined {
  let inner = request;
  for (let step = 0; step < 3; step++) {
    if (inner instanceof IncomingMessage) return inner;
    if (inner === null || typeof inner !== 'object') return undefined;
    try {
      const { raw, req } = inner as { raw?: unknown; req?: unknown };
      inner = raw ?? req;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
