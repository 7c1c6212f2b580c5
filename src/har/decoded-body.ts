import type { RecordBody } from '../record/read-record';
import type { NameValue } from '../record/record';
import { decodeContent } from './decode';
import { fieldValue, fieldValues } from './fields';
import type { Inflated } from './inflate';

/** What was kept of a body, without its content-encoding. */
export interface DecodedBody {
  /** As they were on the wire where `encoded`. */
  readonly bytes: Buffer;
  /** True when the content-encoding could not be undone. */
  readonly encoded: boolean;
  /** True when `bytes` are only the beginning of the body, whatever the reason. */
  readonly truncated: boolean;
  /** What is missing of the body, and why; absent when nothing is. */
  readonly loss?: string;
  /** Bytes of the decoded body; of one that is truncated or `encoded`, as many as are known of. */
  readonly size: number;
}

/** @param maxBodyBytes most bytes that a content-encoding may unpack to. */
export function decodeBody(
  body: RecordBody,
  headers: readonly NameValue[],
  maxBodyBytes: number,
): DecodedBody {
  const codings = fieldValues(headers, 'content-encoding').join(',');
  const decoded = body.isText
    ? { bytes: body.bytes }
    : decodeContent(body.bytes, codings, maxBodyBytes);
  const loss = lossOf(body, decoded, Number(fieldValue(headers, 'content-length') ?? 0));
  const bytes = asBuffer(decoded?.bytes ?? body.bytes);
  const isWhole = loss === undefined && decoded !== undefined;
  return {
    bytes,
    encoded: decoded === undefined,
    truncated: loss !== undefined,
    ...(loss !== undefined && { loss }),
    // Text of a span may have a mask in it, which is longer than the key was.
    size: isWhole
      ? body.isText && codings === ''
        ? body.size
        : bytes.length
      : Math.max(body.size, bytes.length),
  };
}

function lossOf(
  { loss, bytes, size }: RecordBody,
  decoded: Inflated | undefined,
  contentLength: number,
): string | undefined {
  const losses: string[] = [];
  if (loss === 'truncated') losses.push(`${bytes.length} of ${size} bytes kept`);
  // Node lets an application end a response before its length, and its client sees that it is cut.
  if (loss === 'ended_early' || (loss === undefined && size < contentLength))
    losses.push(`ended early, after ${size} bytes`);
  if (decoded?.cut === 'too-long') {
    losses.push(`unpacks to more than the ${decoded.bytes.length} bytes kept`);
  } else if (decoded?.cut === 'early-end' && losses.length === 0) {
    losses.push('its content-encoding ends early');
  }
  return losses.length === 0 ? undefined : `truncated: ${losses.join(', ')}`;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
