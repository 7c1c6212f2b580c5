import type { RecordBody } from '../record/read-record';
import type { NameValue } from '../record/record';
import type { SecretMask } from '../redaction/mask';
import type { BodySettings } from './body-settings';
import { decodeContent, decodeText } from './decode';
import { fieldValue, fieldValues } from './fields';
import type { Inflated } from './inflate';
import { type MediaType, mediaTypeOf } from './media-type';

/** What was kept of a body, read as far as its headers tell how. */
export interface HeldBody {
  mediaType: MediaType;
  /** The Content-Type as sent; the empty string when there is none. */
  contentType: string;
  /** Without the content-encoding, unless `encoded`. */
  bytes: Buffer;
  /** The bytes in the charset that was declared; absent when they are no text in it. */
  text?: string;
  /** What UTF-8 makes of the bytes as they were, where they had another charset and were rewritten. */
  inUtf8?: string;
  /** True when the content-encoding could not be undone. */
  encoded: boolean;
  /** True when `bytes` are only the beginning of the body, whatever the reason. */
  truncated: boolean;
  /** What is missing of the body, and why; absent when nothing is. */
  loss?: string;
  /** Bytes of the decoded body; of one that is truncated or `encoded`, as many as are known of. */
  size: number;
  logBinaryBodies: boolean;
}

export function holdBody(
  body: RecordBody,
  headers: readonly NameValue[],
  { maxBodyBytes, logBinaryBodies }: BodySettings,
  secrets?: SecretMask,
): HeldBody {
  const raw = body.bytes;
  const mediaType = mediaTypeOf(headers);
  const decoded = body.isText
    ? { bytes: raw }
    : decodeContent(raw, fieldValues(headers, 'content-encoding').join(','), maxBodyBytes);
  const loss = lossOf(body, raw.length, decoded);
  const truncated = loss !== undefined;
  const bytes = asBuffer(decoded?.bytes ?? raw);
  const text = decoded && decodeText(bytes, mediaType.charset, truncated);
  const held: HeldBody = {
    mediaType,
    contentType: fieldValue(headers, 'content-type') ?? '',
    bytes,
    ...(text !== undefined && { text }),
    encoded: decoded === undefined,
    truncated,
    ...(loss !== undefined && { loss }),
    size: truncated || decoded === undefined ? Math.max(body.size, bytes.length) : bytes.length,
    logBinaryBodies,
  };
  return secrets === undefined ? held : withoutKey(held, secrets);
}

function lossOf(body: RecordBody, kept: number, decoded: Inflated | undefined): string | undefined {
  const losses: string[] = [];
  if (body.loss === 'truncated') losses.push(`${kept} of ${body.size} bytes kept`);
  if (decoded?.cut === 'too-long') {
    losses.push(`unpacks to more than the ${decoded.bytes.length} bytes kept`);
  } else if (decoded?.cut === 'early-end' && losses.length === 0) {
    losses.push('its content-encoding ends early');
  }
  return losses.length === 0 ? undefined : `truncated: ${losses.join(', ')}`;
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

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
