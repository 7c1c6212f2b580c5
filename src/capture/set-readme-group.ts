import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2';
import type { ReadmeGroup } from '../options/readme-options';
import { debug } from '../options/warnings';
import { currentExchange } from './current-exchange';
import type { Exchange } from './exchange';
import { exchangeOf } from './exchange-of';

/** Of HTTP/1 or HTTP/2. */
type NodeRequest = IncomingMessage | Http2ServerRequest;

/**
 * A Node request, or a framework's request that holds one: Fastify (`raw`), Koa (`req`), Hapi (`raw.req`); of Node's
 * stream API for HTTP/2 the stream.
 */
export type RequestLike =
  | NodeRequest
  | ServerHttp2Stream
  | { readonly raw: NodeRequest | { readonly req: NodeRequest } }
  | { readonly req: NodeRequest };

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
  const exchange = request === undefined ? currentExchange() : exchangeIn(request);
  if (exchange === undefined) {
    debug('setReadmeGroup was called for a request that is not observed');
    return;
  }
  exchange.setGroup(group);
}

/** Frameworks wrap each other, so the way in may be three steps long; from a request of HTTP/2 it goes to its stream. */
function exchangeIn(request: unknown): Exchange | undefined {
  let inner = request;
  for (let step = 0; step < 4; step++) {
    if (inner === null || typeof inner !== 'object') return undefined;
    try {
      const exchange = exchangeOf(inner);
      if (exchange !== undefined) return exchange;
      const { raw, req, stream } = inner as { raw?: unknown; req?: unknown; stream?: unknown };
      inner = raw ?? req ?? stream;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
