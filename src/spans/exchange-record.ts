import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions';
import type { Caller } from '../capture/caller';
import type { CapturedBody } from '../capture/captured-body';
import type { Exchange } from '../capture/exchange';
import { parseHeaderBlock, toPairs } from './header-pairs';
import type { FinishedSpan } from './sdk-types';
import type { BodyRecord, SpanRecord } from './span-record';

/**
 * An exchange as plain data. It is made on the request's thread, so it copies and computes as little as it
 * can: what no log may hold is still in it, until `hideSecrets` has taken it out in the background.
 */
export function recordExchange(
  exchange: Exchange,
  caller: Caller,
  span: Pick<FinishedSpan, 'attributes'>,
): SpanRecord {
  const { head, wait, traceId } = exchange;
  const route = span.attributes[ATTR_HTTP_ROUTE] ?? exchange.route;
  return {
    logId: exchange.id,
    startTime: exchange.startTime,
    duration: exchange.duration,
    ...(wait !== undefined && { wait }),
    aborted: exchange.aborted,
    ...(traceId !== undefined && { traceId }),
    ...(typeof route === 'string' && route !== '' && { route }),
    clientAddress: exchange.client.address,
    callerKey: caller.key,
    group: {
      id: '',
      ...(caller.label !== undefined && { label: caller.label }),
      ...(caller.email !== undefined && { email: caller.email }),
    },
    request: {
      method: exchange.method,
      url: fullUrl(exchange),
      httpVersion: exchange.request.httpVersion,
      headers: toPairs(exchange.requestHeaders),
      body: recordBody(exchange.requestBody),
    },
    response: {
      status: head?.status ?? 0,
      statusText: head?.statusText ?? '',
      headers: parseHeaderBlock(head?.block ?? ''),
      headersSize: head === undefined ? -1 : Buffer.byteLength(head.block, 'latin1'),
      body: recordBody(exchange.responseBody),
    },
  };
}

function recordBody(body: CapturedBody): BodyRecord {
  const { size, loss } = body;
  if (loss === 'budget') return { size, loss };
  return { size, bytes: body.bytes(), ...(loss !== undefined && { loss }) };
}

/** Scheme, host and the request target as it was sent, or the target alone where it is a whole URL. */
function fullUrl({ target, client }: Exchange): string {
  // Absolute-form (RFC 9112 §3.2.2), as proxies receive it.
  if (/^https?:\/\//i.test(target)) return target;
  // `*` and other targets that are no path still need something between host and target.
  return `${client.scheme}://${client.host}${target.startsWith('/') ? '' : '/'}${target}`;
}
