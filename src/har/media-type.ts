import { parse } from 'content-type';
import type { NameValue } from '../spans/span-record';
import { fieldValue } from './fields';
import type { Policy } from './redaction/policy';

/** A Content-Type as far as it says how to read the body. */
export interface MediaType {
  /** Type and subtype in lower case; the empty string when there is no Content-Type. */
  type: string;
  /** Label as sent. */
  charset?: string;
}

/**
 * The Content-Type of a message (RFC 9110 §8.3), read tolerantly: applications send broken ones.
 */
export function mediaTypeOf(headers: readonly NameValue[]): MediaType {
  const value = fieldValue(headers, 'content-type') ?? '';
  const charset = charsetOf(value)?.replace(/^'(.*)'$/, '$1');
  return {
    type: (/^[^;,]*/.exec(value)?.[0] ?? '').trim().toLowerCase(),
    ...(charset && { charset }),
  };
}

/**
 * `mimeType` of a body as ReadMe's contract wants it: the Content-Type as sent, `text/plain` where
 * none was.
 *
 * An allowlist that does not name it has no say here, for without it a body cannot be shown; a
 * denylist that names it has.
 */
export function mimeTypeOf(
  sent: readonly NameValue[],
  redacted: readonly NameValue[],
  policy: Policy,
): string {
  return fieldValue(policy.mode === 'deny' ? redacted : sent, 'content-type') || 'text/plain';
}

function charsetOf(contentType: string): string | undefined {
  try {
    return parse(contentType).parameters.charset;
  } catch {
    return /;\s*charset\s*=\s*"?([^\s";,]+)/i.exec(contentType)?.[1];
  }
}
