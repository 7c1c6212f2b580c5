import type { Attributes } from '@opentelemetry/api';
import type { Caller } from '../capture/caller';
import type { Exchange } from '../capture/exchange';
import { ATTR_HTTP_ROUTE, hrTimeToMilliseconds } from '../opentelemetry/sdk';
import type { SpanRecord } from '../record/span-record';
import { isMasked } from '../redaction/mask';
import { type CallerMasks, hideSecrets } from '../redaction/secrets';
import { decodeBody, encodeBody } from './body-attributes';
import { recordOf } from './exchange-record';
import { flatten, toPairs } from './header-pairs';
import { rawExchange } from './raw-exchange';
import type { FinishedSpan } from './sdk-types';

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
export function encodeExchange(exchange: Exchange, caller: Caller, masks: CallerMasks): Attributes {
  const known = masks.of(caller.key);
  const record = hideSecrets(recordOf(rawExchange(exchange, caller, { attributes: {} })), known);
  const { request, response, group } = record;
  return {
    [ATTRIBUTE.logId]: record.logId,
    [ATTRIBUTE.groupId]: group.id,
    ...(group.label !== undefined && { [ATTRIBUTE.groupLabel]: group.label }),
    ...(group.email !== undefined && { [ATTRIBUTE.groupEmail]: group.email }),
    [ATTRIBUTE.duration]: record.duration,
    [ATTRIBUTE.aborted]: record.aborted,
    ...(record.traceId !== undefined && { [ATTRIBUTE.traceId]: record.traceId }),
    ...(record.route !== undefined && { [ATTRIBUTE.route]: record.route }),
    [ATTRIBUTE.clientAddress]: record.clientAddress,
    [ATTRIBUTE.requestMethod]: request.method,
    [ATTRIBUTE.requestUrl]: request.url,
    [ATTRIBUTE.requestHttpVersion]: request.httpVersion,
    [ATTRIBUTE.requestHeaders]: flatten(request.headers),
    [ATTRIBUTE.responseStatus]: response.status,
    [ATTRIBUTE.responseStatusText]: response.statusText,
    [ATTRIBUTE.responseHeaders]: flatten(response.headers),
    [ATTRIBUTE.responseHeadersSize]: response.headersSize,
    ...(record.wait !== undefined && { [ATTRIBUTE.responseWait]: record.wait }),
    ...encodeBody('request', request.body, request.headers, known.secrets),
    ...encodeBody('response', response.body, response.headers, known.secrets),
  };
}

/**
 * The exchange that a span carries.
 *
 * @returns the record; `undefined` when the span carries no exchange; `'cut'` when it does, but the
 * provider's span limits have dropped or cut something that a log cannot do without.
 */
export function decodeSpan(span: FinishedSpan): SpanRecord | 'cut' | undefined {
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
      body: decodeBody('request', attributes),
    },
    response: {
      status: number(attributes[ATTRIBUTE.responseStatus], 0),
      statusText: text(attributes[ATTRIBUTE.responseStatusText]),
      headers: toPairs(responseHeaders as string[]),
      headersSize: number(attributes[ATTRIBUTE.responseHeadersSize], -1),
      body: decodeBody('response', attributes),
    },
  };
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
