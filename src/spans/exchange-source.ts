import type { Caller } from '../capture/caller';
import type { CapturedBody } from '../capture/captured-body';
import type { Exchange } from '../capture/exchange';
import type { BodySource, RecordSource } from '../record/record';

const NO_HEADERS: readonly string[] = [];

/**
 * An exchange whose caller is known, as what its record is made of. The captured bytes are taken from it.
 *
 * @param route that the application's tracing knows; it takes precedence.
 */
export function exchangeSource(exchange: Exchange, caller: Caller, route?: unknown): RecordSource {
  return {
    logId: exchange.id,
    startTime: exchange.startTime,
    duration: exchange.duration,
    wait: exchange.wait,
    aborted: exchange.aborted,
    traceId: exchange.traceId,
    route: typeof route === 'string' && route !== '' ? route : exchange.route,
    clientAddress: exchange.client.address,
    callerKey: caller.key,
    groupId: undefined,
    label: caller.label,
    email: caller.email,
    method: exchange.method,
    url: fullUrl(exchange),
    httpVersion: exchange.request.httpVersion,
    requestHeaders: exchange.requestHeaders,
    requestBody: bodySource(exchange.requestBody),
    responseHead: exchange.head?.block,
    status: 0,
    statusText: '',
    responseHeaders: NO_HEADERS,
    responseHeadersSize: -1,
    responseBody: bodySource(exchange.responseBody),
  };
}

function bodySource(body: CapturedBody): BodySource {
  return { size: body.size, loss: body.loss, blocks: body.takeBlocks() };
}

/** Scheme, host and the request target as it was sent, or the target alone where it is a whole URL. */
function fullUrl({ target, client }: Exchange): string {
  // Absolute-form (RFC 9112 §3.2.2), as proxies receive it.
  if (/^https?:\/\//i.test(target)) return target;
  // `*` and other targets that are no path still need something between host and target.
  return `${client.scheme}://${client.host}${target.startsWith('/') ? '' : '/'}${target}`;
}
