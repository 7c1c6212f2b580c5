import type { GrowingBytes } from '../record/growing-bytes';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const LOWER_U = 0x75;
const HEX = '0123456789abcdef';

/** For each byte: 0 when it stands in a JSON string as it is, else what follows the backslash (RFC 8259 §7). */
const ESCAPES = new Uint8Array(256).fill(LOWER_U, 0, SPACE);
for (const [byte, letter] of [
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
] as const) {
  ESCAPES[byte] = letter.charCodeAt(0);
}

/**
 * Bytes that are escaped in one go. V8 optimizes a function that was called often better than a loop that it
 * is still in: with one loop over it all, 61 KB took twice as long.
 */
const RUN = 1024;

/**
 * Appends UTF-8 as the inside of a JSON string, as JSON.stringify writes it, without the quotes.
 *
 * Byte by byte: to copy runs takes twice as long, because in JSON and markup they are short.
 */
export function appendJsonString(
  out: GrowingBytes,
  utf8: Uint8Array,
  start = 0,
  end = utf8.length,
): void {
  out.reserve(2 * (end - start));
  for (let at = start; at < end; ) {
    at = appendRun(out, utf8, at, Math.min(at + RUN, end));
    if (at === end || ESCAPES[utf8[at] as number] !== LOWER_U) continue;
    const byte = utf8[at] as number;
    out.ascii(`\\u00${HEX[byte >> 4]}${HEX[byte & 15]}`);
    out.reserve(2 * (end - at));
    at += 1;
  }
}

/** Returns the index of a byte that needs an escape of six characters, or `end`. */
function appendRun(out: GrowingBytes, utf8: Uint8Array, start: number, end: number): number {
  const { bytes } = out;
  let { length } = out;
  let at = start;
  for (; at < end; at += 1) {
    const byte = utf8[at] as number;
    const letter = ESCAPES[byte] as number;
    if (letter === 0) {
      bytes[length] = byte;
      length += 1;
      continue;
    }
    if (letter === LOWER_U) break;
    bytes[length] = BACKSLASH;
    bytes[length + 1] = letter;
    length += 2;
  }
  out.length = length;
  return at;
}
