import { isUtf8 } from 'node:buffer';
import type { GrowingBytes } from '../record/growing-bytes';
import type { NameValue } from '../record/record';
import { redactJson } from '../redaction/json';
import { appendJsonString } from '../redaction/json-string';
import type { SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import { claimedFormat } from './body-format';
import type { DecodedBody } from './decoded-body';
import { isBinary, mediaTypeOf } from './media-type';

const QUOTE = 0x22;

/** A body that goes from bytes to bytes: UTF-8 that is JSON or, without lists, any text. */
export interface PlainBody {
  /** Without a character that was cut. */
  readonly bytes: Uint8Array;
  readonly isJson: boolean;
  /** True when it is only the beginning of the body. */
  readonly truncated: boolean;
}

/**
 * A body that can be written to the log without ever being a string, as nearly all bodies of an API can.
 *
 * @param secrets hides the caller's key; undefined where it is hidden already.
 * @returns undefined for a body that has to be read as a string: names may be spelled in another charset, or
 *   the caller's key may stand in it.
 */
export function plainBody(
  { bytes, encoded, truncated }: DecodedBody,
  headers: readonly NameValue[],
  policy: Policy,
  secrets: SecretMask | undefined,
): PlainBody | undefined {
  const { type, charset } = mediaTypeOf(headers);
  if (encoded || (charset !== undefined && !/^utf-?8$/i.test(charset))) return undefined;
  const isJson = claimedFormat(type) === 'json';
  if (isBinary(type) || (!isJson && (policy.mode !== 'none' || isForm(type)))) return undefined;
  const whole = truncated ? withoutPartialCharacter(bytes) : bytes;
  // A byte order mark is no text, and NUL is what ASCII in another charset looks like.
  if (whole.length === 0 || whole[0] === 0xef || !isUtf8(whole) || whole.includes(0))
    return undefined;
  if (
    secrets?.hasKey &&
    (secrets.mayBeInBytes(whole) || (truncated && secrets.mayEndBytes(whole)))
  ) {
    return undefined;
  }
  return { bytes: whole, isJson, truncated };
}

/**
 * Writes what a policy leaves of a body, as a JSON string.
 *
 * @returns what {@link redactJson} says of it; `nothing` and `invalid`: nothing was written.
 */
export function writePlainBody(
  { bytes, isJson, truncated }: PlainBody,
  policy: Policy,
  out: GrowingBytes,
): 'passed' | 'part' | 'nothing' | 'invalid' {
  const start = out.length;
  out.byte(QUOTE);
  if (policy.mode === 'none' || !isJson) {
    appendJsonString(out, bytes);
  } else {
    const { kind } = redactJson(bytes, policy, out, { read: truncated, escaped: true });
    const isEmpty = out.length === start + 1;
    if (kind === 'nothing' || kind === 'invalid' || (kind === 'part' && isEmpty)) {
      out.length = start;
      return kind === 'invalid' ? kind : 'nothing';
    }
    if (kind === 'part') {
      out.byte(QUOTE);
      return kind;
    }
  }
  out.byte(QUOTE);
  return 'passed';
}

function isForm(type: string): boolean {
  const format = claimedFormat(type);
  return format === 'form' || format === 'multipart';
}

/** A cap may fall into the middle of a character; up to three bytes of UTF-8 then belong to none. */
export function withoutPartialCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
