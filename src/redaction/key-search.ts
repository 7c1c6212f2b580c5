const PLUS = 0x2b;
const PERCENT = 0x25;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/** What stands after the backslash in the short escapes of JSON (RFC 8259 §7), and what each stands for. */
const SHORT_ESCAPES = ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'] as const;

/** Of what stands after a backslash: it is no short escape, one of something else, or one of what is in the key. */
const NONE = 0;
const OTHER = 1;
const OF_KEY = 2;

/** Bytes that are looked at one by one, before Node looks for the next escape: often it is near. */
const NEAR = 32;

/** Rules out that a key stands in a text, without making a string of the text. */
export class KeySearch {
  readonly #plain: Buffer;
  /** The code units of the key, which an escape of JSON may stand for, and the bytes of its UTF-8. */
  readonly #units: ReadonlySet<number>;
  readonly #bytes = new Uint8Array(256);
  readonly #shortEscapes = new Uint8Array(256).fill(NONE);

  constructor(key: string) {
    this.#plain = Buffer.from(key, 'utf8');
    for (const byte of this.#plain) this.#bytes[byte] = 1;
    // Percent-encoding may stand for latin1, too.
    for (const byte of Buffer.from(key, 'latin1')) this.#bytes[byte] = 1;
    this.#units = new Set(key.split('').map((unit) => unit.charCodeAt(0)));
    for (const pair of SHORT_ESCAPES) {
      const isOfKey = this.#units.has(pair.charCodeAt(1));
      this.#shortEscapes[pair.charCodeAt(0)] = isOfKey ? OF_KEY : OTHER;
    }
  }

  /** Whether the key stands in UTF-8 without any escape. */
  isPlainIn(utf8: Buffer): boolean {
    return utf8.includes(this.#plain);
  }

  /**
   * Whether an escape in UTF-8 stands for something that is in the key: of JSON, or of percent-encoding. Where
   * none does, the key can only stand there plain. Takes time in proportion to the length.
   */
  mayBeEscapedIn(utf8: Buffer): boolean {
    return this.#hasJsonEscape(utf8) || this.#hasPercentEscape(utf8);
  }

  #hasJsonEscape(utf8: Buffer): boolean {
    for (let at = indexOf(utf8, BACKSLASH, 0); at >= 0; ) {
      const letter = utf8[at + 1] ?? 0;
      let length = 1;
      if (letter === LOWER_U) {
        const unit = hexadecimal(utf8, at + 2, 4);
        if (unit !== undefined) {
          if (this.#units.has(unit)) return true;
          length = 6;
        }
      } else {
        const meaning = this.#shortEscapes[letter];
        if (meaning === OF_KEY) return true;
        if (meaning === OTHER) length = 2;
      }
      at = indexOf(utf8, BACKSLASH, at + length);
    }
    return false;
  }

  #hasPercentEscape(utf8: Buffer): boolean {
    // A plus is a space in a form and in most queries.
    if (this.#bytes[SPACE] === 1 && utf8.includes(PLUS)) return true;
    for (let at = indexOf(utf8, PERCENT, 0); at >= 0; ) {
      const byte = hexadecimal(utf8, at + 1, 2);
      // An escaped percent sign may begin an escape of its own.
      if (byte === PERCENT || (byte !== undefined && this.#bytes[byte] === 1)) return true;
      at = indexOf(utf8, PERCENT, at + (byte === undefined ? 1 : 3));
    }
    return false;
  }
}

function indexOf(utf8: Buffer, byte: number, from: number): number {
  const near = Math.min(from + NEAR, utf8.length);
  for (let at = from; at < near; at += 1) if (utf8[at] === byte) return at;
  return near < utf8.length ? utf8.indexOf(byte, near) : -1;
}

/** The number that so many hexadecimal digits at an index stand for; undefined when there are fewer. */
function hexadecimal(utf8: Buffer, at: number, digits: number): number | undefined {
  let number = 0;
  for (let index = at; index < at + digits; index += 1) {
    const byte = utf8[index] ?? 0;
    const lower = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) number = 16 * number + byte - 0x30;
    else if (lower >= 0x61 && lower <= 0x66) number = 16 * number + lower - 0x57;
    else return undefined;
  }
  return number;
}
