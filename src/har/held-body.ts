import type { BodyRecord, NameValue } from '../spans/span-record';
import { decodeContent, decodeText } from './decode';
import { fieldValues } from './fields';
import { type MediaType, mediaTypeOf } from './media-type';
import type { SecretMask } from './redaction/mask';

/** What was kept of a body, read as far as its headers tell how. */
export interface HeldBody {
  mediaType: MediaType;
  /** Without the content-encoding, unless `encoded`. */
  bytes: Buffer;
  /** The bytes in the charset that was declared; absent when they are no text in it. */
  text?: string;
  /** True when the content-encoding could not be undone. */
  encoded: boolean;
  /** True when fewer bytes were kept than seen. */
  truncated: boolean;
  /** Bytes kept of what went over the wire. */
  kept: number;
  /** Bytes of the decoded body, or of the body on the wire where the former is not known. */
  size: number;
}

export function holdBody(
  body: BodyRecord,
  headers: readonly NameValue[],
  maxBodyBytes: number,
  secrets?: SecretMask,
): HeldBody {
  const raw = bytesOf(body);
  const truncated = body.loss === 'truncated';
  const mediaType = mediaTypeOf(headers);
  const decoded =
    body.text === undefined
      ? decodeContent(raw, fieldValues(headers, 'content-encoding').join(','), maxBodyBytes)
      : raw;
  const bytes = asBuffer(decoded ?? raw);
  const text = decoded && decodeText(bytes, mediaType.charset, truncated);
  const held: HeldBody = {
    mediaType,
    bytes,
    ...(text !== undefined && { text }),
    encoded: decoded === undefined,
    truncated,
    kept: raw.length,
    size: truncated || decoded === undefined ? body.size : bytes.length,
  };
  return secrets === undefined ? held : withoutKey(held, secrets);
}

function withoutKey(held: HeldBody, secrets: SecretMask): HeldBody {
  const { text, mediaType, truncated, size } = held;
  if (text === undefined) return { ...held, bytes: secrets.hideInBytes(held.bytes) };
  const isForm = mediaType.type === 'application/x-www-form-urlencoded';
  const uncut = truncated ? secrets.hideCutEnd(text) : text;
  const hidden = isForm ? secrets.hideInQuery(uncut) : secrets.hide(uncut);
  if (hidden === text) return held;
  const bytes = Buffer.from(hidden, 'utf8');
  // The rewritten text is UTF-8, whatever the charset was.
  const { type } = mediaType;
  return {
    ...held,
    mediaType: { type },
    bytes,
    text: hidden,
    size: truncated ? size : bytes.length,
  };
}

function bytesOf({ text, bytes }: BodyRecord): Buffer {
  if (text === undefined) return asBuffer(bytes ?? new Uint8Array());
  // An attribute length limit of the SDK cuts between the two halves of a surrogate pair.
  return Buffer.from(text.replace(/[\ud800-\udbff]$/, ''), 'utf8');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
