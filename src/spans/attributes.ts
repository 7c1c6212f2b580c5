import type { Attributes } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions';
import type { Caller } from '../capture/caller';
import type { Exchange } from '../capture/exchange';
import { isMasked } from '../har/redaction/mask';
import { decodeBody, encodeBody } from './body-attributes';
import { flatten, parseHeaderBlock, toPairs } from './header-pairs';
import type { FinishedSpan } from './sdk-types';
import type { SpanRecord } from './span-record';

/**
 * Names of the attributes that carry an exchange on its server span. The body attributes have the
 * (opt-in) names of OpenTelemetry's semantic conventions for HTTP spans.
 */
export const ATTRIBUTE = {
  logId: 'readme.log.id',
  groupId: 'readme.group.id',
  groupLabel: 'readme.group.label',
  groupEmail: 'readme.group.email',
  duration: 'readme.duration',
  aborted: 'readme.aborted',
  traceId: 'readme.trace.id',
  route: 'readme.route',
  clientAddress: 'readme.client.address',
  requestMethod: 'readme.request.method',
  requestUrl: 'readme.request.url',
  requestHttpVersion: 'readme.request.http_version',
  requestHeaders: 'readme.request.headers',
  responseStatus: 'readme.response.status_code',
  responseStatusText: 'readme.response.status_text',
  responseHeaders: 'readme.response.headers',
  responseHeadersSize: 'readme.response.headers.size',
  responseWait: 'readme.response.wait',
} as const;

/** An exchange whose caller is known, as attributes, without the secrets that no log may hold. */
export function encodeExchange(exchange: Exchange, caller: Caller): Attributes {
  const { request, client, head } = exchange;
  const { secrets } = caller;
  const requestHeaders = toPairs(exchange.requestHeaders);
  const responseHeaders = parseHeaderBlock(head?.block ?? '');
  return {
    [ATTRIBUTE.logId]: exchange.id,
    [ATTRIBUTE.groupId]: caller.id,
    ...(caller.label !== undefined && { [ATTRIBUTE.groupLabel]: caller.label }),
    ...(caller.email !== undefined && { [ATTRIBUTE.groupEmail]: caller.email }),
    [ATTRIBUTE.duration]: exchange.duration,
    [ATTRIBUTE.aborted]: exchange.aborted,
    ...(exchange.traceId !== undefined && { [ATTRIBUTE.traceId]: exchange.traceId }),
    ...(exchange.route !== undefined && {
      [ATTRIBUTE.route]: secrets.hideInUrl(exchange.route),
    }),
    [ATTRIBUTE.clientAddress]: client.address,
    [ATTRIBUTE.requestMethod]: exchange.method,
    [ATTRIBUTE.requestUrl]: secrets.hideInUrl(fullUrl(exchange)),
    [ATTRIBUTE.requestHttpVersion]: request.httpVersion,
    [ATTRIBUTE.requestHeaders]: flatten(secrets.hideInHeaders(requestHeaders)),
    [ATTRIBUTE.responseStatus]: head?.status ?? 0,
    [ATTRIBUTE.responseStatusText]: secrets.hide(head?.statusText ?? ''),
    [ATTRIBUTE.responseHeaders]: flatten(secrets.hideInHeaders(responseHeaders)),
    [ATTRIBUTE.responseHeadersSize]:
      head === undefined ? -1 : Buffer.byteLength(head.block, 'latin1'),
    ...(exchange.wait !== undefined && { [ATTRIBUTE.responseWait]: exchange.wait }),
    ...encodeBody('request', exchange.requestBody, requestHeaders, secrets),
    ...encodeBody('response', exchange.responseBody, responseHeaders, secrets),
  };
}

/**
 * The exchange that a span carries.
 *
 * @param callerKey the caller's API key, where it may be known: see {@link BodyRecord}.
 * @returns the record; `undefined` when the span carries no exchange; `'cut'` when it does, but the
 * provider's span limits have dropped or cut something that a log cannot do without.
 */
export function decodeSpan(span: FinishedSpan, callerKey?: string): SpanRecord | 'cut' | undefined {
  const { attributes } = span;
  const logId = attributes[ATTRIBUTE.logId];
  const groupId = attributes[ATTRIBUTE.groupId];
  // A log id alone is the link that ReadmeInstrumentation leaves on the application's span.
  if (
    typeof logId !== 'string' ||
    (groupId === undefined && attributes[ATTRIBUTE.duration] === undefined)
  ) {
    return undefined;
  }
  const url = text(attributes[ATTRIBUTE.requestUrl]);
  const requestHeaders = attributes[ATTRIBUTE.requestHeaders];
  const responseHeaders = attributes[ATTRIBUTE.responseHeaders];
  if (logId.length !== 36 || !isMasked(text(groupId)) || url === '') return 'cut';
  if (!Array.isArray(requestHeaders) || !Array.isArray(responseHeaders)) return 'cut';
  const wait = attributes[ATTRIBUTE.responseWait];
  const route = attributes[ATTR_HTTP_ROUTE] ?? attributes[ATTRIBUTE.route];
  return {
    logId,
    startTime: Math.round(hrTimeToMilliseconds(span.startTime)),
    duration: number(attributes[ATTRIBUTE.duration], 0),
    ...(typeof wait === 'number' && { wait }),
    aborted: attributes[ATTRIBUTE.aborted] === true,
    ...optionalText('traceId', attributes[ATTRIBUTE.traceId]),
    ...optionalText('route', route),
    clientAddress: text(attributes[ATTRIBUTE.clientAddress]),
    group: {
      id: text(groupId),
      ...optionalText('label', attributes[ATTRIBUTE.groupLabel]),
      ...optionalText('email', attributes[ATTRIBUTE.groupEmail]),
    },
    request: {
      method: text(attributes[ATTRIBUTE.requestMethod]),
      url,
      httpVersion: text(attributes[ATTRIBUTE.requestHttpVersion]),
      headers: toPairs(requestHeaders as string[]),
      body: decodeBody('request', attributes, callerKey),
    },
    response: {
      status: number(attributes[ATTRIBUTE.responseStatus], 0),
      statusText: text(attributes[ATTRIBUTE.responseStatusText]),
      headers: toPairs(responseHeaders as string[]),
      headersSize: number(attributes[ATTRIBUTE.responseHeadersSize], -1),
      body: decodeBody('response', attributes, callerKey),
    },
  };
}

/** Scheme, host and the request target as it was sent, or the target alone where it is a whole URL. */
function fullUrl({ target, client }: Exchange): string {
  // Absolute-form (RFC 9112 §3.2.2), as proxies receive it.
  if (/^https?:\/\//i.test(target)) return target;
  // `*` and other targets that are no path still need something between host and target.
  return `${client.scheme}://${client.host}${target.startsWith('/') ? '' : '/'}${target}`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function optionalText<Name extends string>(name: Name, value: unknown): { [N in Name]?: string } {
  return typeof value === 'string' && value !== ''
    ? ({ [name]: value } as { [N in Name]: string })
    : {};
}

function number(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
