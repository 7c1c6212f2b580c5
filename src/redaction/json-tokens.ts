/** What the functions below return where the bytes are not JSON (RFC 8259). */
const NOT_JSON = -1;

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;
const LOWER_U = 0x75;
/** What makes a small letter of a capital one. */
const TO_LOWER = 0x20;

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

/** 1 for each byte at which the inside of a string does not just go on: quote, backslash, control characters. */
const ENDS_RUN = new Uint8Array(256).fill(1, 0, SPACE);
ENDS_RUN[QUOTE] = 1;
ENDS_RUN[BACKSLASH] = 1;

// Not exported where they stand: CommonJS looks up such a constant at every use, also in its own file.
export { BACKSLASH, ENDS_RUN, NOT_JSON, QUOTE, SPACE };

/** The index after the whitespace at an index (RFC 8259 §2). */
export function spaceEnd(bytes: Uint8Array, at: number): number {
  for (let end = at; end < bytes.length; end += 1) {
    const byte = bytes[end];
    if (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return end;
  }
  return bytes.length;
}

/** The index after the string that begins at an index (RFC 8259 §7), or {@link NOT_JSON}. */
export function stringEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return NOT_JSON;
  for (let end = at + 1; end < bytes.length; end += 1) {
    const byte = bytes[end] as number;
    if (ENDS_RUN[byte] === 0) continue;
    if (byte === QUOTE) return end + 1;
    const after = escapeEnd(bytes, end);
    if (after === NOT_JSON) return NOT_JSON;
    end = after - 1;
  }
  return NOT_JSON;
}

/** The index after the escape that begins at an index (RFC 8259 §7), or {@link NOT_JSON}. */
export function escapeEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== BACKSLASH) return NOT_JSON;
  switch (bytes[at + 1]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 2;
    case LOWER_U:
      for (let digit = at + 2; digit < at + 6; digit += 1) {
        if (!isHexDigit(bytes[digit])) return NOT_JSON;
      }
      return at + 6;
    default:
      return NOT_JSON;
  }
}

/** The index after the number or literal that begins at an index, or {@link NOT_JSON}. */
export function numberOrLiteralEnd(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case 0x74:
      return literalEnd(bytes, at, TRUE);
    case 0x66:
      return literalEnd(bytes, at, FALSE);
    case 0x6e:
      return literalEnd(bytes, at, NULL);
    default:
      return numberEnd(bytes, at);
  }
}

function literalEnd(bytes: Uint8Array, at: number, literal: Uint8Array): number {
  for (let index = 0; index < literal.length; index += 1) {
    if (bytes[at + index] !== literal[index]) return NOT_JSON;
  }
  return at + literal.length;
}

/** RFC 8259 §6. */
function numberEnd(bytes: Uint8Array, at: number): number {
  let end = bytes[at] === MINUS ? at + 1 : at;
  const integer = digitsEnd(bytes, end);
  if (integer === end || (bytes[end] === ZERO && integer > end + 1)) return NOT_JSON;
  end = integer;
  if (bytes[end] === POINT) {
    const fraction = digitsEnd(bytes, end + 1);
    if (fraction === end + 1) return NOT_JSON;
    end = fraction;
  }
  if (((bytes[end] ?? 0) | TO_LOWER) !== LOWER_E) return end;
  const sign = bytes[end + 1];
  const digits = sign === PLUS || sign === MINUS ? end + 2 : end + 1;
  end = digitsEnd(bytes, digits);
  return end === digits ? NOT_JSON : end;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** Whether a string, its inside given, says what its characters do: ASCII, and no escape. */
export function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= 0x80 || byte === BACKSLASH) return false;
  }
  return true;
}

/** How many UTF-16 code units a string has once it is decoded, whose inside is from `start` to `end`. */
export function decodedLength(bytes: Uint8Array, start: number, end: number): number {
  let length = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === BACKSLASH) {
      at += bytes[at + 1] === LOWER_U ? 5 : 1;
      length += 1;
    } else if (byte >= 0xf0) {
      length += 2;
    } else if (byte < 0x80 || byte >= 0xc0) {
      length += 1;
    }
  }
  return length;
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | TO_LOWER;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

function digitsEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  while (isDigit(bytes[end])) end += 1;
  return end;
}
