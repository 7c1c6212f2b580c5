import { IncomingMessage } from 'node:http';
import { diag } from '@opentelemetry/api';
import type { ReadmeGroup } from '../options/readme-options';
import { findExchange } from './current-exchange';

/** A Node request, or a framework's request that holds one: Fastify (`raw`), Koa (`req`), Hapi (`raw.req`). */
export type RequestLike =
  | IncomingMessage
  | { readonly raw: IncomingMessage | { readonly req: IncomingMessage } }
  | { readonly req: IncomingMessage };

/**
 * Says who made a request, from any handler or middleware. It wins over the grouping function, may be
 * called again, and must be called before the response is complete; `null`: the exchange is not logged.
 *
 * It never throws. Called outside a request, or for one that is not observed, it does nothing but tell
 * OpenTelemetry's `diag`.
 *
 * @param group who is calling, or `null`.
 * @param request the request; by default the one because of which this code runs.
 */
export function setReadmeGroup(group: ReadmeGroup | null | undefined, request?: RequestLike): void {
  try {
    const exchange = findExchange(request === undefined ? undefined : nodeRequest(request));
    if (exchange === undefined) {
      diag.debug(
        'readme-metrics-opentelemetry: setReadmeGroup was called for a request that is not observed',
      );
      return;
    }
    exchange.setGroup(group);
  } catch {
    diag.warn(
      'readme-metrics-opentelemetry: setReadmeGroup was given something that cannot be read',
    );
  }
}

function nodeRequest(request: RequestLike): IncomingMessage | undefined {
  if (request instanceof IncomingMessage) return request;
  const inner = 'raw' in request ? request.raw : request.req;
  return inner instanceof IncomingMessage ? inner : inner?.req;
}
