import { isUtf8 } from 'node:buffer';
import type { Attributes } from '@opentelemetry/api';
import { decodeBody as unpack } from '../har/decoded-body';
import type { RecordBody } from '../record/read-record';
import type { BodySource, NameValue } from '../record/record';
import type { SecretMask } from '../redaction/mask';
import { withheldMark } from '../redaction/withheld';

type Side = 'request' | 'response';

const bodyAttribute = (side: Side) => ({
  content: `http.${side}.body.content`,
  size: `http.${side}.body.size`,
  base64: `readme.${side}.body.base64`,
  truncated: `readme.${side}.body.truncated`,
  kept: `readme.${side}.body.kept`,
  budget: `readme.${side}.body.left_out`,
});
const BODY_ATTRIBUTE = { request: bodyAttribute('request'), response: bodyAttribute('response') };

/** A body as attributes, without the caller's key. */
export function encodeBody(
  side: Side,
  body: RecordBody,
  headers: readonly NameValue[],
  secrets: SecretMask,
  maxBodyBytes: number,
): Attributes {
  const name = BODY_ATTRIBUTE[side];
  const attributes: Attributes = { [name.size]: body.size };
  if (body.size === 0) return attributes;
  if (body.loss !== undefined) attributes[name.truncated] = true;
  if (body.loss === 'buffer_full') {
    attributes[name.budget] = true;
    return attributes;
  }
  const { bytes } = body;
  const cut = body.loss !== undefined;
  const whole = cut ? withoutPartialCharacter(bytes) : bytes;
  // ASCII in UTF-16 is valid UTF-8 with a NUL in every other place, and is read as what it is later.
  const isPacked = isEncoded(headers);
  if (isPacked && secrets.hasKey) {
    const unpacked = withoutPackedKey(body, headers, secrets, maxBodyBytes);
    if (unpacked !== undefined) {
      attributes[name.content] = unpacked;
      attributes[name.kept] = Buffer.byteLength(unpacked);
      return attributes;
    }
  }
  if (isPacked || whole.includes(0) || !isUtf8(whole)) {
    const hidden = secrets.hideInBytes(bytes, cut);
    attributes[name.base64] = hidden.toString('base64');
    if (hidden !== bytes) attributes[name.kept] = hidden.length;
    return attributes;
  }
  const content = whole.toString('utf8');
  const masked = isForm(headers) ? secrets.hideInQuery(content) : secrets.hide(content);
  const hidden = cut ? secrets.hideCutEnd(masked) : masked;
  attributes[name.content] = hidden;
  // A mask may be shorter than the key was: without this, that would look like a cut by span limits.
  if (hidden !== content) attributes[name.kept] = Buffer.byteLength(hidden);
  return attributes;
}

/**
 * The text of a body with a content-encoding, when the caller's key stands in it: compressed, it would only look as
 * if it were not there. What nothing can unpack, or is no text, is withheld.
 *
 * @returns undefined when the key is not in it
 */
function withoutPackedKey(
  body: RecordBody,
  headers: readonly NameValue[],
  secrets: SecretMask,
  maxBodyBytes: number,
): string | undefined {
  const { bytes, encoded, truncated } = unpack(body, headers, maxBodyBytes);
  if (encoded) return withheldMark(body.size);
  const text = bytes.toString('utf8');
  const masked = secrets.hide(text);
  const hidden = truncated ? secrets.hideCutEnd(masked) : masked;
  if (isUtf8(bytes) && !bytes.includes(0)) return hidden === text ? undefined : hidden;
  return secrets.hideInBytes(bytes, truncated) === bytes ? undefined : withheldMark(body.size);
}

/** The body that attributes carry; shorter than it was seen means truncated, whoever cut it. */
export function decodeBody(side: Side, attributes: Attributes): BodySource {
  const name = BODY_ATTRIBUTE[side];
  const size = Number(attributes[name.size] ?? 0);
  const content = attributes[name.content];
  const base64 = attributes[name.base64];
  const truncated = attributes[name.truncated];
  if (attributes[name.budget] === true) return { size, loss: 'buffer_full', blocks: [] };
  const isText = typeof content === 'string';
  const bytes = isText
    ? // An attribute length limit of the SDK cuts between the two halves of a surrogate pair.
      Buffer.from(content.replace(/[\ud800-\udbff]$/, ''), 'utf8')
    : Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64');
  // The user's span limits cut silently: fewer bytes than were seen means cut, whoever did it.
  const kept = attributes[name.kept];
  const cut = truncated === true || bytes.length < (typeof kept === 'number' ? kept : size);
  // All that was seen, and marked as cut: its end never came.
  const loss = bytes.length < size ? 'truncated' : 'ended_early';
  return { size, loss: cut ? loss : undefined, blocks: [bytes], isText };
}

function isForm(headers: readonly NameValue[]): boolean {
  return headers.some(
    ({ name, value }) => name.toLowerCase() === 'content-type' && /form-urlencoded/i.test(value),
  );
}

function isEncoded(headers: readonly NameValue[]): boolean {
  return headers.some(
    ({ name, value }) =>
      name.toLowerCase() === 'content-encoding' &&
      value.trim() !== '' &&
      !/^identity$/i.test(value.trim()),
  );
}

/** A cap may fall into the middle of a character; up to three bytes of UTF-8 then belong to none. */
function withoutPartialCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
