import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { type Inflated, inflate } from './inflate';

/** Nobody stacks more in earnest, and each layer costs up to `maxBodyBytes` of work. */
const MAX_ENCODINGS = 5;

/** What is sent in place of a coding, and is none: the bytes are as they would be without it. */
const NO_CODINGS = new Set([
  'identity',
  'none',
  'utf-8',
  'utf8',
  'us-ascii',
  'ascii',
  '7bit',
  '8bit',
  'binary',
  'chunked',
  // Of Amazon S3's clients, where no chunk signatures follow; with them, the body is read as the text it then is.
  'aws-chunked',
]);

/**
 * A body without its content-encoding (RFC 9110 §8.4), as far as it goes: `cut` when a layer ends
 * early or unpacks to more than `maxBodyBytes`.
 *
 * @param contentEncoding values of the `Content-Encoding` fields, joined with commas
 * @param maxBodyBytes most bytes of a layer that are unpacked
 * @returns undefined when a coding is unknown, a layer is broken, or there are more than five
 */
export function decodeContent(
  bytes: Uint8Array,
  contentEncoding: string,
  maxBodyBytes: number,
): Inflated | undefined {
  const codings = contentEncoding
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && !NO_CODINGS.has(coding));
  if (codings.length > MAX_ENCODINGS) return undefined;
  let decoded: Inflated = { bytes };
  for (const coding of codings.reverse()) {
    const layer = inflate(coding, decoded.bytes, maxBodyBytes);
    if (layer === undefined) return undefined;
    // The layer that was cut first is the reason why the next one ends early.
    decoded = { ...layer, ...(decoded.cut && { cut: decoded.cut }) };
  }
  return decoded;
}

/**
 * Bytes as text, without a byte order mark. As in the WHATWG Encoding Standard (§6, decode), the
 * mark decides before the label does.
 *
 * @param charset WHATWG label; UTF-8 when absent
 * @param cut the bytes may end within a character, of which nothing is then returned
 * @returns undefined when the charset is unknown or the bytes are no text in it
 */
export function decodeText(
  bytes: Uint8Array,
  charset: string | undefined,
  cut = false,
): string | undefined {
  const label = markedCharset(bytes) ?? charset ?? 'utf-8';
  // The same as below, at a third of the time, for what nearly all bodies are.
  if (!cut && /^utf-?8$/i.test(label)) return isUtf8(bytes) ? utf8Text(bytes) : undefined;
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return undefined;
  }
}

function utf8Text(bytes: Uint8Array): string {
  const mark = markedCharset(bytes) === undefined ? 0 : 3;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', mark);
}

function markedCharset([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return undefined;
}
