import { arch, platform, release } from 'node:os';
import type { GrowingBytes } from '../record/growing-bytes';
import { type RecordContents, readRecord } from '../record/read-record';
import type { SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import { type CallerMasks, hideSecrets } from '../redaction/secrets';
import { queryString, redactUrl } from '../redaction/url';
import { VERSION } from '../version';
import type { BodySettings } from './body-settings';
import { fieldValue, fieldValues } from './fields';
import { APPLIED, APPLIED_FIELDS, readSide, writeMembers } from './filtered-side';
import { graphqlOperation, isGraphqlEndpoint, operationIn } from './graphql';
import type { HeaderFields, ShownFields } from './header-fields';
import { pageref } from './page';
import { commentOn, startedDateTime, timingsOf } from './times-and-remarks';
import { asUri, validUri } from './uri';
import { writeBody, writeLeftOut } from './write-body';

/** What all logs of a process have in common. */
export interface LogSettings {
  readonly development: boolean;
  readonly policy: Policy;
  readonly masks: CallerMasks;
  readonly bodies: BodySettings;
  readonly requestFields: HeaderFields;
  readonly responseFields: HeaderFields;
}

const CREATOR = JSON.stringify({
  // The name by which ReadMe recognises logs of its Node SDK.
  name: 'readme-metrics (node)',
  version: VERSION,
  comment: `${arch()}-${platform()}${systemRelease()}/${process.versions.node}`,
});
const TOO_LARGE = 'left out: the log was too large for the metrics server';

/**
 * Appends one log as ReadMe's `POST /v1/request` takes it: JSON around an entry of HAR 1.2, in one pass over
 * the record. It holds nothing that the lists hide, no credential and no key.
 *
 * @returns how many bodies were withheld, wholly or in parts, because they could not be filtered
 * @throws what a defect throws; `out` has then to be set back to where it was.
 */
export function writeLog(record: Uint8Array, given: LogSettings, out: GrowingBytes): number {
  const shown = readRecord(record);
  const settings = shown.filtered ? withListsApplied(given) : given;
  const caller = shown.callerKey === '' ? undefined : settings.masks.of(shown.callerKey);
  if (caller !== undefined) hideSecrets(shown, caller);
  const { policy } = settings;
  policy.beginLog();
  const url = asUri(shown.url);
  const shownUrl = validUri(redactUrl(url, policy));
  const address = clientAddress(shown, policy);
  out.utf8(
    `{"_id":${json(shown.logId)},"_version":3,"clientIPAddress":${json(address)},` +
      `"development":${settings.development},"group":${group(shown)},` +
      `"request":{"log":{"version":"1.2","creator":${CREATOR},"entries":[` +
      `{"pageref":${json(pageOf(shown, shownUrl, settings, caller?.secrets))},` +
      `"startedDateTime":${startedDateTime(shown)},${timingsOf(shown)},`,
  );
  const requestWithheld = writeRequest(out, shown, url, shownUrl, settings, caller?.secrets);
  const responseWithheld = writeResponse(out, shown, settings, caller?.secrets);
  const comment = commentOn(shown);
  out.utf8(comment === '' ? ',"cache":{}}]}}}' : `,"cache":{},"comment":${json(comment)}}]}}}`);
  return Number(requestWithheld) + Number(responseWithheld);
}

/** Of GraphQL each operation has a page of its own, `/graphql/GetUser`: they all have one path. */
function pageOf(
  record: RecordContents,
  shownUrl: string,
  { policy, bodies, requestFields }: LogSettings,
  secrets: SecretMask | undefined,
): string {
  const page = pageref(record.route, shownUrl);
  if (!isGraphqlEndpoint(page)) return page;
  const name = record.filtered
    ? operationIn(filteredText(record))
    : graphqlOperation(
        record,
        requestFields.show(record.requestHeaders, secrets).ofBody,
        policy,
        bodies.maxBodyBytes,
        secrets,
      );
  return name === undefined ? page : `${page}/${name}`;
}

function filteredText({ requestBody: body, bodiesLeftOut }: RecordContents): string {
  return body.size === 0 || bodiesLeftOut ? '' : (readSide(body).members.text ?? '');
}

/** The empty string where it is the value of a header field that a denylist names. */
export function clientAddress(
  { clientAddress: address, requestHeaders }: RecordContents,
  policy: Policy,
) {
  if (policy.mode !== 'deny' || address === '' || !policy.hides('x-forwarded-for')) return address;
  const forwarded = fieldValues(requestHeaders, 'x-forwarded-for');
  return forwarded.some((value) => value.includes(address)) ? '' : address;
}

/** HAR 1.2 §request; `postData` only where there was a body. */
function writeRequest(
  out: GrowingBytes,
  record: RecordContents,
  url: string,
  shownUrl: string,
  settings: LogSettings,
  secrets: SecretMask | undefined,
): boolean {
  const { policy, bodies } = settings;
  const { requestBody: body } = record;
  const fields = settings.requestFields.show(record.requestHeaders, secrets);
  const side = record.filtered ? readSide(body) : undefined;
  const query = url.includes('?') ? JSON.stringify(side?.query ?? queryString(url, policy)) : '[]';
  out.utf8(
    `"request":{"method":${json(record.method)},"url":${json(shownUrl)},` +
      `"httpVersion":${json(`HTTP/${record.httpVersion}`)},` +
      `"cookies":[${fields.cookies}],"headers":[${fields.json}],` +
      `"queryString":${query},"headersSize":-1,"bodySize":${body.size}`,
  );
  let isWithheld = false;
  if (body.size > 0) {
    out.utf8(`,"postData":{"mimeType":${json(side?.mimeType ?? mimeType(fields, policy))}`);
    if (record.bodiesLeftOut) writeLeftOut(out, 'request', body.size, TOO_LARGE);
    else if (side !== undefined) isWithheld = writeMembers(out, side.members);
    else isWithheld = writeBody(out, 'request', body, fields.ofBody, policy, bodies, secrets);
    out.ascii('}');
  }
  out.ascii('}');
  return isWithheld;
}

/** HAR 1.2 §response; status 0 when no head was sent. */
function writeResponse(
  out: GrowingBytes,
  record: RecordContents,
  settings: LogSettings,
  secrets: SecretMask | undefined,
): boolean {
  const { policy, bodies } = settings;
  const { responseBody: body, httpVersion } = record;
  const side = record.filtered ? readSide(body) : undefined;
  const fields = settings.responseFields.show(record.responseHeaders, secrets);
  // Node answers requests of HTTP/1.0 with a status line of HTTP/1.1, as RFC 9110 §6.2 wants it.
  const answered = httpVersion.startsWith('1.') ? '1.1' : httpVersion;
  out.utf8(
    `,"response":{"status":${record.status},"statusText":${json(record.statusText)},` +
      `"httpVersion":${json(`HTTP/${answered}`)},"cookies":[${fields.cookies}],` +
      `"headers":[${fields.json}],"redirectURL":${json(fieldValue(fields.shown, 'location') ?? '')},` +
      `"headersSize":${record.responseHeadersSize},"bodySize":${body.size},` +
      `"content":{"mimeType":${json(side?.mimeType ?? mimeType(fields, policy))}`,
  );
  let isWithheld = false;
  if (record.bodiesLeftOut) writeLeftOut(out, 'response', body.size, TOO_LARGE);
  else if (side !== undefined) isWithheld = writeMembers(out, side.members);
  else isWithheld = writeBody(out, 'response', body, fields.ofBody, policy, bodies, secrets);
  out.ascii('}}');
  return isWithheld;
}

/**
 * The Content-Type as sent, `text/plain` where none was. An allowlist that does not name it has no say here,
 * for without it a body cannot be shown; a denylist that names it has.
 */
export function mimeType({ ofBody, shown }: ShownFields, { mode }: Policy): string {
  return fieldValue(mode === 'deny' ? shown : ofBody, 'content-type') || 'text/plain';
}

function withListsApplied(settings: LogSettings): LogSettings {
  const { request: requestFields, response: responseFields } = APPLIED_FIELDS;
  return { ...settings, policy: APPLIED, requestFields, responseFields };
}

function group({ groupId, label, email }: RecordContents): string {
  return JSON.stringify({ id: groupId, ...(label && { label }), ...(email && { email }) });
}

function json(text: string): string {
  return JSON.stringify(text);
}

/** Deno does not give it without a permission. */
function systemRelease(): string {
  try {
    return release();
  } catch {
    return '';
  }
}
