import type { Caller } from '../capture/caller';
import type { CapturedBody } from '../capture/captured-body';
import type { Exchange } from '../capture/exchange';
import { ATTR_HTTP_ROUTE } from '../opentelemetry/sdk';
import type { BodyLoss } from '../record/span-record';
import type { FinishedSpan } from './sdk-types';

/** The captured bytes of a body, in the pieces in which they were kept. */
export interface RawBody {
  /** Bytes seen on the wire, captured or not. */
  readonly size: number;
  readonly loss: BodyLoss | undefined;
  readonly blocks: readonly Uint8Array[];
}

/**
 * An exchange as plain data, as it leaves the request's thread. Making it copies and computes as little as
 * can be: what no log may hold is still in it, headers are as Node has them, bodies are in pieces.
 */
export interface RawExchange {
  readonly logId: string;
  readonly startTime: number;
  readonly duration: number;
  readonly wait: number | undefined;
  readonly aborted: boolean;
  readonly traceId: string | undefined;
  readonly route: string | undefined;
  readonly clientAddress: string;
  /** Not masked: it stays in the process. */
  readonly callerKey: string;
  readonly label: string | undefined;
  readonly email: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  /** Name, value, name, value, …. */
  readonly requestHeaders: readonly string[];
  readonly requestBody: RawBody;
  readonly status: number;
  readonly statusText: string;
  /** The response head as it was sent; absent when none was. */
  readonly headBlock: string | undefined;
  readonly responseBody: RawBody;
}

export function rawExchange(
  exchange: Exchange,
  caller: Caller,
  span: Pick<FinishedSpan, 'attributes'>,
): RawExchange {
  const { head } = exchange;
  const route = span.attributes[ATTR_HTTP_ROUTE] ?? exchange.route;
  return {
    logId: exchange.id,
    startTime: exchange.startTime,
    duration: exchange.duration,
    wait: exchange.wait,
    aborted: exchange.aborted,
    traceId: exchange.traceId,
    route: typeof route === 'string' && route !== '' ? route : undefined,
    clientAddress: exchange.client.address,
    callerKey: caller.key,
    label: caller.label,
    email: caller.email,
    method: exchange.method,
    url: fullUrl(exchange),
    httpVersion: exchange.request.httpVersion,
    requestHeaders: exchange.requestHeaders,
    requestBody: rawBody(exchange.requestBody),
    status: head?.status ?? 0,
    statusText: head?.statusText ?? '',
    headBlock: head?.block,
    responseBody: rawBody(exchange.responseBody),
  };
}

function rawBody(body: CapturedBody): RawBody {
  return { size: body.size, loss: body.loss, blocks: body.takeBlocks() };
}

/** Scheme, host and the request target as it was sent, or the target alone where it is a whole URL. */
function fullUrl({ target, client }: Exchange): string {
  // Absolute-form (RFC 9112 §3.2.2), as proxies receive it.
  if (/^https?:\/\//i.test(target)) return target;
  // `*` and other targets that are no path still need something between host and target.
  return `${client.scheme}://${client.host}${target.startsWith('/') ? '' : '/'}${target}`;
}
