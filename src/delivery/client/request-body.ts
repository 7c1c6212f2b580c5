import { GrowingBytes } from '../../record/growing-bytes';

const [OPENING, CLOSING, COMMA] = [0x5b, 0x5d, 0x2c];

/** The body of a request to ReadMe: a JSON array of logs, into which they are written one after the other. */
export class RequestBody {
  readonly #out: GrowingBytes;
  /** Where each log ends. */
  readonly #ends: number[] = [];

  /** @param out to be used again, when this body is no longer needed. */
  constructor(out = new GrowingBytes()) {
    this.#out = out;
    out.length = 0;
    out.byte(OPENING);
  }

  /** Logs in it. */
  get count(): number {
    return this.#ends.length;
  }

  /** Bytes of it so far. */
  get length(): number {
    return this.#out.length;
  }

  get memory(): GrowingBytes {
    return this.#out;
  }

  /** @param write appends the JSON of one log. What it has written is taken back when it throws. */
  add<Result>(write: (out: GrowingBytes) => Result): Result {
    const start = this.#out.length;
    try {
      if (this.count > 0) this.#out.byte(COMMA);
      const result = write(this.#out);
      this.#ends.push(this.#out.length);
      return result;
    } catch (error) {
      this.#out.length = start;
      throw error;
    }
  }

  /** Takes the last log back. */
  removeLast(): void {
    this.#ends.pop();
    this.#out.length = this.#ends.at(-1) ?? 1;
  }

  /** The whole array; nothing can be added to it any more. */
  get bytes(): Buffer {
    const { length } = this.#out;
    this.#out.byte(CLOSING);
    this.#out.length = length;
    return this.#out.bytes.subarray(0, length + 1);
  }

  /** The JSON of each log, without copying it. */
  get logs(): Buffer[] {
    const { bytes } = this.#out;
    return this.#ends.map((end, index) => bytes.subarray((this.#ends[index - 1] ?? 0) + 1, end));
  }

  /** A body of logs that are there already. */
  static of(logs: readonly Uint8Array[]): RequestBody {
    const body = new RequestBody();
    for (const log of logs) body.add((out) => out.copy(log));
    return body;
  }
}
