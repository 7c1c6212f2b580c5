import type { NameValue } from '../record/record';
import type { SecretMask } from '../redaction/mask';
import { claimedFormat } from './body-format';
import { decodeText } from './decode';
import type { DecodedBody } from './decoded-body';
import { contentTypeOf, type MediaType, mediaTypeOf } from './media-type';
import { decodeUtf32 } from './utf-32';

/** What was kept of a body, read as far as its headers tell how. */
export interface HeldBody extends DecodedBody {
  mediaType: MediaType;
  /** The Content-Type as sent; the empty string when there is none. */
  contentType: string;
  /** The bytes in the charset that was declared; absent when they are no text in it. */
  text?: string;
  /** What UTF-8 makes of the bytes as they were, where they were rewritten and another charset read something else. */
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
    : textOf(decoded.bytes, mediaType.charset, decoded.truncated);
  const held: HeldBody = {
    ...decoded,
    mediaType,
    contentType: contentTypeOf(headers),
    ...(text !== undefined && { text }),
    logBinaryBodies,
  };
  return secrets === undefined ? held : withoutKey(held, secrets);
}

function withoutKey(given: HeldBody, secrets: SecretMask): HeldBody {
  const { truncated } = given;
  const held = isSurelyUtf8(given) ? given : withoutKeyInBytes(given, secrets);
  const { text, mediaType } = held;
  if (text === undefined) return held;
  const isForm = claimedFormat(mediaType.type) === 'form';
  const masked = isForm ? secrets.hideInQuery(text) : secrets.hide(text);
  const hidden = truncated ? secrets.hideCutEnd(masked) : masked;
  if (hidden === text) return held;
  const bytes = Buffer.from(hidden, 'utf8');
  const utf8 =
    mediaType.charset === undefined ? undefined : decodeText(held.bytes, undefined, truncated);
  // Nothing but the key sets the two readings apart where they were the same before.
  const inUtf8 = utf8 === text ? undefined : utf8;
  // The rewritten text is UTF-8, whatever the charset was.
  const { type } = mediaType;
  return {
    ...held,
    mediaType: { type },
    bytes,
    ...(inUtf8 !== undefined && { inUtf8 }),
    text: hidden,
  };
}

/** The key in another charset than the one that the body is read in, which who reads the log may undo. */
function withoutKeyInBytes(held: HeldBody, secrets: SecretMask): HeldBody {
  const { mediaType, truncated } = held;
  const bytes = secrets.hideInBytes(held.bytes, truncated);
  if (bytes === held.bytes) return held;
  const { text: _, ...rest } = held;
  const text = held.encoded ? undefined : textOf(bytes, mediaType.charset, truncated);
  return { ...rest, bytes, ...(text !== undefined && { text }) };
}

function isSurelyUtf8({ text, mediaType: { charset } }: HeldBody): boolean {
  return text !== undefined && (charset === undefined || /^utf-?8$/i.test(charset));
}

function textOf(bytes: Buffer, charset: string | undefined, cut: boolean): string | undefined {
  // Few bodies have a NUL at their beginning.
  const mayBeUtf32 = bytes.subarray(0, 4).includes(0);
  const utf32 = mayBeUtf32 ? decodeUtf32(bytes, charset, cut) : undefined;
  return utf32 ?? decodeText(bytes, charset, cut);
}
