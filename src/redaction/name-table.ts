const NONE = -1;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const TO_LOWER = 0x20;
const BUCKETS = 64;

/**
 * Names in lower case, of which it is found out without making a string whether one stands in bytes, in
 * whatever case. A name beyond ASCII is in no table: no name of ASCII alone equals it in lower case.
 */
export class NameTable {
  readonly #names: (Buffer | undefined)[] = [];
  /** The first name of each bucket, and for each name the next one of its bucket. */
  readonly #first = new Int32Array(BUCKETS).fill(NONE);
  readonly #next: Int32Array;
  /** The index of the empty name. */
  readonly #empty: number;

  constructor(names: readonly string[]) {
    this.#next = new Int32Array(names.length).fill(NONE);
    this.#empty = names.indexOf('');
    names.forEach((name, index) => {
      if (!/^[\0-\x7f]+$/.test(name)) return;
      const bytes = Buffer.from(name, 'latin1');
      const bucket = bucketOf(bytes, 0, bytes.length);
      this.#names[index] = bytes;
      this.#next[index] = this.#first[bucket] as number;
      this.#first[bucket] = index;
    });
  }

  /** The index of the name that stands in ASCII bytes from `start` to `end`, or -1. */
  find(ascii: Uint8Array, start: number, end: number): number {
    if (start === end) return this.#empty;
    let index = this.#first[bucketOf(ascii, start, end)] as number;
    while (index !== NONE) {
      if (equals(this.#names[index] as Buffer, ascii, start, end)) return index;
      index = this.#next[index] as number;
    }
    return NONE;
  }
}

/** By the length, and the first and last character in either case. */
function bucketOf(bytes: Uint8Array, start: number, end: number): number {
  const first = (bytes[start] as number) | TO_LOWER;
  const last = (bytes[end - 1] as number) | TO_LOWER;
  return (first + 3 * last + 7 * (end - start)) & (BUCKETS - 1);
}

function equals(lower: Buffer, bytes: Uint8Array, start: number, end: number): boolean {
  const { length } = lower;
  if (end - start !== length) return false;
  for (let index = 0; index < length; index += 1) {
    const byte = bytes[start + index] as number;
    const isUpper = byte >= UPPER_A && byte <= UPPER_Z;
    if ((isUpper ? byte | TO_LOWER : byte) !== lower[index]) return false;
  }
  return true;
}
