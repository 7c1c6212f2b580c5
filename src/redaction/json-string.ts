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
  let { bytes, length } = out;
  for (let at = start; at < end; at += 1) {
    const byte = utf8[at] as number;
    const letter = ESCAPES[byte] as number;
    if (letter === 0) {
      bytes[length] = byte;
      length += 1;
      continue;
    }
    bytes[length] = BACKSLASH;
    bytes[length + 1] = letter;
    length += 2;
    if (letter !== LOWER_U) continue;
    out.length = length;
    out.ascii(`00${HEX[byte >> 4]}${HEX[byte & 15]}`);
    out.reserve(2 * (end - at));
    ({ bytes, length } = out);
  }
  out.length = length;
}
