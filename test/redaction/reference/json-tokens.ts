import { endianness } from 'node:os';

/** What the functions below return for a text that is not JSON where they look. */
export const NOT_JSON = -1;

const SPACE = 0x20;
const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/**
 * The UTF-16 code units of a text, and a 0 to mark its end: NUL is not JSON anywhere, so nothing below reads
 * on after it. Half the cost of `charCodeAt`, which looks up how the string is stored at every call.
 */
export function codeUnits(text: string): Uint16Array {
  const bytes = Buffer.allocUnsafeSlow(2 * text.length + 2);
  bytes.writeUInt16LE(0, bytes.write(text, 'utf16le'));
  if (endianness() === 'BE') bytes.swap16();
  return new Uint16Array(bytes.buffer);
}

/** The code unit at an index of {@link codeUnits}' result. */
export function codeAt(codes: Uint16Array, at: number): number {
  return codes[at] as number;
}

/** The index after the whitespace at an index (RFC 8259 §2). */
export function spaceEnd(codes: Uint16Array, at: number): number {
  let end = at;
  for (;;) {
    const code = codeAt(codes, end);
    if (code > SPACE) return end;
    if (code !== SPACE && code !== 0x0a && code !== 0x0d && code !== 0x09) return end;
    end += 1;
  }
}

/** The index after the string, number or literal that begins at an index, or {@link NOT_JSON}. */
export function scalarEnd(codes: Uint16Array, at: number): number {
  switch (codeAt(codes, at)) {
    case QUOTE:
      return stringEnd(codes, at);
    case 0x74:
      return literalEnd(codes, at, 'true');
    case 0x66:
      return literalEnd(codes, at, 'false');
    case 0x6e:
      return literalEnd(codes, at, 'null');
    default:
      return numberEnd(codes, at);
  }
}

function literalEnd(codes: Uint16Array, at: number, literal: string): number {
  for (let index = 0; index < literal.length; index += 1) {
    if (codeAt(codes, at + index) !== literal.charCodeAt(index)) return NOT_JSON;
  }
  return at + literal.length;
}

/** The index after the string that begins at an index (RFC 8259 §7), or {@link NOT_JSON}. */
export function stringEnd(codes: Uint16Array, at: number): number {
  if (codeAt(codes, at) !== QUOTE) return NOT_JSON;
  for (let end = at + 1; ; end += 1) {
    const code = codeAt(codes, end);
    if (code === QUOTE) return end + 1;
    if (code === BACKSLASH) {
      end += 1;
      if (codeAt(codes, end) === LOWER_U) {
        for (let digits = 0; digits < 4; digits += 1) {
          end += 1;
          if (!isHexDigit(codeAt(codes, end))) return NOT_JSON;
        }
      } else if (!isEscape(codeAt(codes, end))) {
        return NOT_JSON;
      }
    } else if (code < SPACE) {
      return NOT_JSON;
    }
  }
}

function isHexDigit(code: number): boolean {
  return (
    (code >= ZERO && code <= NINE) ||
    (code >= 0x41 && code <= 0x46) ||
    (code >= 0x61 && code <= 0x66)
  );
}

function isEscape(code: number): boolean {
  return '"\\/bfnrt'.includes(String.fromCharCode(code));
}

/** RFC 8259 §6. */
function numberEnd(codes: Uint16Array, at: number): number {
  let end = codeAt(codes, at) === MINUS ? at + 1 : at;
  const integer = digitsEnd(codes, end);
  if (integer === end || (codeAt(codes, end) === ZERO && integer > end + 1)) return NOT_JSON;
  end = integer;
  if (codeAt(codes, end) === POINT) {
    const fraction = digitsEnd(codes, end + 1);
    if (fraction === end + 1) return NOT_JSON;
    end = fraction;
  }
  const exponent = codeAt(codes, end);
  if (exponent !== 0x65 && exponent !== 0x45) return end;
  const sign = codeAt(codes, end + 1);
  const digits = sign === 0x2b || sign === MINUS ? end + 2 : end + 1;
  end = digitsEnd(codes, digits);
  return end === digits ? NOT_JSON : end;
}

function digitsEnd(codes: Uint16Array, at: number): number {
  let end = at;
  for (;;) {
    const code = codeAt(codes, end);
    if (code < ZERO || code > NINE) return end;
    end += 1;
  }
}
