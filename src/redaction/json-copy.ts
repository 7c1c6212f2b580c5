import type { GrowingBytes } from '../record/growing-bytes';
import { appendJsonString } from './json-string';
import { ENDS_RUN, escapeEnd, NOT_JSON, spaceEnd } from './json-tokens';

const ENDS = 0xff;
/** For each byte in a string: 0 when it is of a plain name, `ENDS` when it ends a run of bytes that stay as they are. */
const CLASSES = new Uint8Array(256).fill(1, 0x80);
for (const separator of '.[') CLASSES[separator.charCodeAt(0)] = 1;
ENDS_RUN.forEach((ends, byte) => {
  if (ends !== 0) CLASSES[byte] = ENDS;
});
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Copies tokens of a JSON text to `out`, as they are or as the inside of a JSON string. Its functions take the
 * index of a token and where in `out.bytes` it goes, and return the index after it; `to` is then where the next
 * one goes.
 */
export class JsonCopy {
  readonly input: Buffer;
  readonly out: GrowingBytes;
  /** 1 when a backslash goes before each quote and backslash, else 0. */
  readonly #extra: 0 | 1;
  to = 0;
  /** Whether the string copied last says what its characters do, and spells no path: ASCII, no escape, dot or bracket. */
  isPlain = false;

  constructor(input: Buffer, out: GrowingBytes, escaped: boolean) {
    this.input = input;
    this.out = out;
    this.#extra = escaped ? 1 : 0;
  }

  /** Makes room for all that follows an index. What JSON has to be escaped takes two bytes at most. */
  reserve(at: number): void {
    this.out.reserve((1 + this.#extra) * (this.input.length - at) + 2);
  }

  /** Writes a piece of the text. */
  piece(start: number, end: number): void {
    if (this.#extra === 1) appendJsonString(this.out, this.input, start, end);
    else this.out.copy(this.input, start, end);
  }

  /** Writes a string that is not in the text, of ASCII that needs no escape. */
  insert(text: string): void {
    this.#quote();
    this.out.ascii(text);
    this.#quote();
  }

  #quote(): void {
    if (this.#extra === 1) this.out.byte(BACKSLASH);
    this.out.byte(QUOTE);
  }

  /** Copies what is as it is in a JSON string, too. */
  verbatim(start: number, end: number, to: number): number {
    const { input } = this;
    const { bytes } = this.out;
    const ahead = to - start;
    for (let at = start; at < end; at += 1) bytes[at + ahead] = input[at] as number;
    this.to = end + ahead;
    return end;
  }

  /** Copies whitespace (RFC 8259 §2). */
  space(start: number, to: number): number {
    const end = spaceEnd(this.input, start);
    this.out.length = to;
    this.piece(start, end);
    this.to = this.out.length;
    return end;
  }

  /** Copies a string (RFC 8259 §7). Returns {@link NOT_JSON} when there is none. */
  string(start: number, to: number): number {
    const { input } = this;
    const { length } = input;
    if (start >= length || input[start] !== QUOTE) return NOT_JSON;
    const { bytes } = this.out;
    const extra = this.#extra;
    let next = to;
    // Where there is no extra backslash, what follows overwrites it.
    bytes[next] = BACKSLASH;
    next += extra;
    bytes[next] = QUOTE;
    next += 1;
    let bits = 0;
    for (let at = start + 1; at < length; at += 1) {
      const byte = input[at] as number;
      const kind = CLASSES[byte] as number;
      if (kind !== ENDS) {
        bits |= kind;
        bytes[next] = byte;
        next += 1;
        continue;
      }
      bytes[next] = BACKSLASH;
      next += extra;
      bytes[next] = byte;
      next += 1;
      if (byte === QUOTE) {
        this.isPlain = bits === 0;
        this.to = next;
        return at + 1;
      }
      if (escapeEnd(input, at) === NOT_JSON) return NOT_JSON;
      bits = 1;
      at += 1;
      const letter = input[at] as number;
      if (letter === QUOTE || letter === BACKSLASH) {
        bytes[next] = BACKSLASH;
        next += extra;
      }
      bytes[next] = letter;
      next += 1;
    }
    return NOT_JSON;
  }
}
