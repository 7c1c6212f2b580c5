import { isAscii, isUtf8 } from 'node:buffer';
import type { RecordBody } from '../record/read-record';
import type { NameValue } from '../record/record';
import { redactJson } from '../redaction/json';
import type { SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import { claimedFormat } from './body-format';
import { fieldValues } from './fields';
import { mediaTypeOf } from './media-type';

/** For fewer bytes, the detour costs more than it saves. */
const FEWEST_BYTES = 256;

/**
 * A body that goes into the log exactly as it is: text in UTF-8 in which nothing is to be hidden. Most
 * bodies of an API are such, and need not be decoded, which takes ten times as long.
 *
 * @returns its UTF-8 with a character for each byte; `undefined` for a body that has to be read.
 */
export function verbatimBody(
  { bytes, loss, isText }: RecordBody,
  headers: readonly NameValue[],
  policy: Policy,
  secrets: SecretMask | undefined,
): string | undefined {
  if (isText || loss !== undefined || bytes.length < FEWEST_BYTES) return undefined;
  if (policy.mode === 'allow' || fieldValues(headers, 'content-encoding').length > 0) {
    return undefined;
  }
  const { type, charset } = mediaTypeOf(headers);
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) return undefined;
  const format = claimedFormat(type);
  if (format !== 'json' && (policy.mode === 'deny' || !isReadAsIs(type))) return undefined;
  // Names may be spelt beyond ASCII (the Kelvin sign is a k), and a byte order mark is no text.
  if (policy.mode === 'deny' ? !isAscii(bytes) : !isUtf8(bytes) || bytes[0] === 0xef) {
    return undefined;
  }
  // What is sought is ASCII, and stands there as it does in the text.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (policy.mode === 'deny' && !passes(text, policy)) return undefined;
  return secrets?.mayBeIn(text) ? undefined : text;
}

function passes(text: string, policy: Policy): boolean {
  const redacted = redactJson(text, policy, false);
  return redacted.kind === 'passed' && redacted.text === text;
}

/** Text that is neither a form nor a stream of messages, and that nobody takes for binary. */
function isReadAsIs(type: string): boolean {
  return /^text\/(?:plain|html|css|csv|xml|javascript)$|^application\/(?:xml|javascript)$/.test(
    type,
  );
}
