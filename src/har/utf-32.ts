const LABEL = /^(?:utf-?32|ucs-?4|iso-10646-ucs-4)(?:-?(le|be))?$/i;
const MARK_LE = 0x0000feff;
const MOST_AT_ONCE = 4096;

/**
 * Bytes as text, without a byte order mark, where they are UTF-32: by their charset, by their mark, or because they
 * begin with two characters of Latin-1 in it (as RFC 4627 §3 finds it in JSON). WHATWG's Encoding Standard, and so
 * `TextDecoder`, does not know it, and in UTF-8 it is text with three NULs a character.
 *
 * @param cut the bytes may end within a character, of which nothing is then returned.
 * @returns `undefined` where they are not, or no text in it.
 */
export function decodeUtf32(
  bytes: Buffer,
  charset: string | undefined,
  cut: boolean,
): string | undefined {
  const label = charset === undefined ? undefined : LABEL.exec(charset);
  if (bytes.length < 4 || label === null || (!cut && bytes.length % 4 !== 0)) return undefined;
  const order = orderOf(bytes, label?.[1]?.toLowerCase());
  if (order === undefined && label === undefined) return undefined;
  return order === 'le'
    ? decode(bytes, Buffer.prototype.readUInt32LE)
    : decode(bytes, Buffer.prototype.readUInt32BE);
}

/** The mark decides before the label does, and the label before what the bytes look like. */
function orderOf(bytes: Buffer, named: string | undefined): string | undefined {
  if (bytes.readUInt32LE(0) === MARK_LE) return 'le';
  if (bytes.readUInt32BE(0) === MARK_LE) return 'be';
  if (named !== undefined) return named;
  if (bytes.length < 8) return undefined;
  if (isLatin1(bytes.readUInt32LE(0)) && isLatin1(bytes.readUInt32LE(4))) return 'le';
  return isLatin1(bytes.readUInt32BE(0)) && isLatin1(bytes.readUInt32BE(4)) ? 'be' : undefined;
}

function isLatin1(code: number): boolean {
  return code > 0 && code < 0x100;
}

function decode(
  bytes: Buffer,
  read: (this: Buffer, offset?: number) => number,
): string | undefined {
  let text = '';
  let codes: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = read.call(bytes, at);
    if (at === 0 && code === MARK_LE) continue;
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
    if (codes.push(code) === MOST_AT_ONCE) {
      text += String.fromCodePoint(...codes);
      codes = [];
    }
  }
  return text + String.fromCodePoint(...codes);
}
