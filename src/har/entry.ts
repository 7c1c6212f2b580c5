import type { RecordContents } from '../record/read-record';
import type { SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import { redactUrl } from '../redaction/url';
import type { BodySettings } from './body-settings';
import type { HarEntry, HarTimings } from './har';
import { buildRequest } from './request';
import { buildResponse } from './response';
import { asUri, originOf, withoutQuery } from './uri';

const DEFAULTS: BodySettings = { maxBodyBytes: 1024 * 1024, logBinaryBodies: false };

/** The last millisecond that ISO 8601 writes with four digits of year. */
const END_OF_YEAR_9999 = 253_402_300_799_999;

/**
 * One exchange as an entry of HAR 1.2, holding nothing that the policy hides. Never throws.
 */
export function buildEntry(
  record: RecordContents,
  policy: Policy,
  settings: BodySettings = DEFAULTS,
  secrets?: SecretMask,
): HarEntry {
  const comment = commentOn(record);
  return {
    pageref: pagerefOf(record, policy),
    startedDateTime: new Date(Math.min(whole(record.startTime), END_OF_YEAR_9999)).toISOString(),
    time: whole(record.duration),
    request: buildRequest(record, policy, settings, secrets),
    response: buildResponse(record, policy, settings, secrets),
    cache: {},
    timings: timingsOf(record),
    ...(comment !== '' && { comment }),
  };
}

function pagerefOf({ route, url: sent }: RecordContents, policy: Policy): string {
  const url = redactUrl(asUri(sent), policy);
  if (!route) return withoutQuery(url);
  return originOf(url) + (route.startsWith('/') ? route : `/${route}`);
}

function timingsOf({ duration, wait }: RecordContents): HarTimings {
  const time = whole(duration);
  const toHead = wait === undefined ? time : Math.min(whole(wait), time);
  return { send: 0, wait: toHead, receive: time - toHead };
}

function commentOn({ aborted, traceId }: RecordContents): string {
  const remarks: string[] = [];
  if (aborted) remarks.push('aborted: the connection closed before the response was complete');
  if (traceId) remarks.push(`trace-id: ${traceId}`);
  return remarks.join('; ');
}

/**
 * Whole milliseconds, never negative: the clock of a machine can be set back during an exchange.
 */
function whole(milliseconds: number): number {
  const rounded = Math.round(milliseconds);
  return rounded > 0 ? Math.min(rounded, Number.MAX_SAFE_INTEGER) : 0;
}
