const FEW = 64;

/** More than this is not kept for the next document. */
const MOST_KEPT = 4096;

/** A stack of numbers of 32 bits, as many as a client makes it, four bytes each. */
export class NumberStack {
  length = 0;
  #numbers = new Uint32Array(FEW);

  push(number: number): void {
    if (this.length === this.#numbers.length) {
      const twice = new Uint32Array(2 * this.length);
      twice.set(this.#numbers);
      this.#numbers = twice;
    }
    this.#numbers[this.length] = number;
    this.length += 1;
  }

  at(index: number): number {
    return this.#numbers[index] as number;
  }

  /** Makes the last number one more, and returns what it was. */
  count(): number {
    const last = this.at(this.length - 1);
    this.#numbers[this.length - 1] = last + 1;
    return last;
  }

  /** For the next document. */
  reset(): void {
    this.length = 0;
    if (this.#numbers.length > MOST_KEPT) this.#numbers = new Uint32Array(FEW);
  }
}
