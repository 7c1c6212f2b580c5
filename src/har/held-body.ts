import type { NameValue } from '../record/record';
import type { SecretMask } from '../redaction/mask';
import { decodeText } from './decode';
import type { DecodedBody } from './decoded-body';
import { fieldValue } from './fields';
import { type MediaType, mediaTypeOf } from './media-type';

/** What was kept of a body, read as far as its headers tell how. */
export interface HeldBody extends DecodedBody {
  mediaType: MediaType;
  /** The Content-Type as sent; the empty string when there is none. */
  contentType: string;
  /** The bytes in the charset that was declared; absent when they are no text in it. */
  text?: string;
  /** What UTF-8 makes of the bytes as they were, where they had another charset and were rewritten. */
  inUtf8?: string;
  logBinaryBodies: boolean;
}

/** Reads a body as far as its header fields tell how. */
export function holdBody(
  decoded: DecodedBody,
  headers: readonly NameValue[],
  logBinaryBodies: boolean,
  secrets?: SecretMask,
): HeldBody {
  const mediaType = mediaTypeOf(headers);
  const text = decoded.encoded
    ? undefined
    : decodeText(decoded.bytes, mediaType.charset, decoded.truncated);
  const held: HeldBody = {
    ...decoded,
    mediaType,
    contentType: fieldValue(headers, 'content-type') ?? '',
    ...(text !== undefined && { text }),
    logBinaryBodies,
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
  const inUtf8 =
    mediaType.charset === undefined ? undefined : decodeText(held.bytes, undefined, truncated);
  // The rewritten text is UTF-8, whatever the charset was.
  const { type } = mediaType;
  return {
    ...held,
    mediaType: { type },
    bytes,
    ...(inUtf8 !== undefined && { inUtf8 }),
    text: hidden,
    size: truncated ? size : bytes.length,
  };
}
