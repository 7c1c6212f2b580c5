const SMALLEST_CAPACITY = 1024;

/** So few bytes are copied in less time than it takes to call into Node for them. */
const FEW_BYTES = 32;

/**
 * Bytes that are being written, such as the body of a request: `bytes` up to `length`.
 *
 * Whoever writes much in a loop reserves first, writes to `bytes` itself and then sets `length`; what was
 * written is taken back by setting `length` to what it was. `reserve` may replace `bytes`.
 */
export class GrowingBytes {
  bytes: Buffer;
  length = 0;

  constructor(capacity = SMALLEST_CAPACITY) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Makes room for so many bytes more, at least doubling when there is too little. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length] = value;
    this.length += 1;
  }

  /** A text of which every character is ASCII. */
  ascii(text: string): void {
    this.reserve(text.length);
    let at = this.length;
    for (let index = 0; index < text.length; index += 1, at += 1) {
      this.bytes[at] = text.charCodeAt(index);
    }
    this.length = at;
  }

  utf8(text: string): void {
    // No character of UTF-16 takes more than three bytes.
    this.reserve(3 * text.length);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  copy(source: Uint8Array, start = 0, end = source.length): void {
    this.reserve(end - start);
    const { bytes, length } = this;
    if (end - start > FEW_BYTES) {
      bytes.set(source.subarray(start, end), length);
    } else {
      for (let from = start, to = length; from < end; from += 1, to += 1) {
        bytes[to] = source[from] as number;
      }
    }
    this.length = length + end - start;
  }

  /** What is written, without copying it. */
  get written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}
