import type { Attributes } from '@opentelemetry/api';
import { ATTR_HTTP_ROUTE, hrTimeToMilliseconds } from '../opentelemetry/sdk';
import { type RecordContents, readRecord } from '../record/read-record';
import type { NameValue } from '../record/record';
import { writeRecord } from '../record/write-record';
import { redactHeaders } from '../redaction/headers';
import { isMasked } from '../redaction/mask';
import { compilePolicy } from '../redaction/policy';
import { type CallerMasks, hideSecrets } from '../redaction/secrets';
import { withoutUserinfo } from '../redaction/userinfo';
import { decodeBody, encodeBody } from './body-attributes';
import { decodeSide, isFiltered } from './filtered-span';
import { flatten } from './header-pairs';
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

/** What decides nothing but what no list does: user names and passwords of URLs. */
const NO_LISTS = compilePolicy({});

/**
 * A record as attributes, without the secrets that no log may hold.
 *
 * @param maxBodyBytes most bytes that a content-encoding may unpack to, where the caller's key is sought in it.
 */
export function encodeRecord(
  record: Uint8Array,
  masks: CallerMasks,
  maxBodyBytes: number,
): Attributes {
  const shown = readRecord(record);
  const known = masks.of(shown.callerKey);
  hideSecrets(shown, known);
  const { secrets } = known;
  const requestHeaders = redactHeaders(secrets.hideInHeaders(shown.requestHeaders), NO_LISTS);
  const responseHeaders = redactHeaders(secrets.hideInHeaders(shown.responseHeaders), NO_LISTS);
  return {
    ...encodeContents(shown, requestHeaders, responseHeaders),
    ...encodeBody('request', shown.requestBody, requestHeaders, secrets, maxBodyBytes),
    ...encodeBody('response', shown.responseBody, responseHeaders, secrets, maxBodyBytes),
  };
}

/** All of a record but its bodies, whose secrets are hidden. */
export function encodeContents(
  shown: RecordContents,
  requestHeaders: readonly NameValue[],
  responseHeaders: readonly NameValue[],
): Attributes {
  return {
    [ATTRIBUTE.logId]: shown.logId,
    [ATTRIBUTE.groupId]: shown.groupId,
    ...(shown.label !== '' && { [ATTRIBUTE.groupLabel]: shown.label }),
    ...(shown.email !== '' && { [ATTRIBUTE.groupEmail]: shown.email }),
    [ATTRIBUTE.duration]: shown.duration,
    [ATTRIBUTE.aborted]: shown.aborted,
    ...(shown.traceId !== '' && { [ATTRIBUTE.traceId]: shown.traceId }),
    ...(shown.route !== '' && { [ATTRIBUTE.route]: shown.route }),
    [ATTRIBUTE.clientAddress]: shown.clientAddress,
    [ATTRIBUTE.requestMethod]: shown.method,
    [ATTRIBUTE.requestUrl]: withoutUserinfo(shown.url),
    [ATTRIBUTE.requestHttpVersion]: shown.httpVersion,
    [ATTRIBUTE.requestHeaders]: flatten(requestHeaders),
    [ATTRIBUTE.responseStatus]: shown.status,
    [ATTRIBUTE.responseStatusText]: shown.statusText,
    [ATTRIBUTE.responseHeaders]: flatten(responseHeaders),
    [ATTRIBUTE.responseHeadersSize]: shown.responseHeadersSize,
    ...(shown.wait !== undefined && { [ATTRIBUTE.responseWait]: shown.wait }),
  };
}

/**
 * The exchange that a span carries.
 *
 * @returns the record; `undefined` when the span carries no exchange; `'cut'` when it does, but the
 * provider's span limits have dropped or cut something that a log cannot do without.
 */
export function decodeSpan(span: FinishedSpan): Uint8Array | 'cut' | undefined {
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
  const filtered = isFiltered(attributes);
  const decode = filtered ? decodeSide : decodeBody;
  return writeRecord({
    logId,
    startTime: Math.round(hrTimeToMilliseconds(span.startTime)),
    duration: number(attributes[ATTRIBUTE.duration], 0),
    wait: typeof wait === 'number' ? wait : undefined,
    aborted: attributes[ATTRIBUTE.aborted] === true,
    traceId: text(attributes[ATTRIBUTE.traceId]),
    route: text(route),
    clientAddress: text(attributes[ATTRIBUTE.clientAddress]),
    callerKey: undefined,
    groupId: text(groupId),
    label: text(attributes[ATTRIBUTE.groupLabel]),
    email: text(attributes[ATTRIBUTE.groupEmail]),
    method: text(attributes[ATTRIBUTE.requestMethod]),
    url,
    httpVersion: text(attributes[ATTRIBUTE.requestHttpVersion]),
    requestHeaders: texts(requestHeaders),
    requestBody: decode('request', attributes),
    responseHead: undefined,
    status: number(attributes[ATTRIBUTE.responseStatus], 0),
    statusText: text(attributes[ATTRIBUTE.responseStatusText]),
    responseHeaders: texts(responseHeaders),
    responseHeadersSize: number(attributes[ATTRIBUTE.responseHeadersSize], -1),
    responseBody: decode('response', attributes),
    filtered,
  });
}

/** Names and values; a list that somebody has put `null` into, or cut to an odd length, is read as far as it goes. */
function texts(list: readonly unknown[]): string[] {
  const whole = list.slice(0, list.length - (list.length % 2));
  return whole.map(text);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
