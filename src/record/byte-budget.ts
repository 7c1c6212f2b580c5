/** Counts the bytes that captured exchanges hold, so that they cannot outgrow a limit. */
export class ByteBudget {
  #used = 0;

  /** Bytes reserved at this moment. */
  get used(): number {
    return this.#used;
  }

  /** Reserves bytes, or none and returns false when they would exceed the limit. */
  tryReserve(bytes: number, limit: number): boolean {
    if (this.#used + bytes > limit) return false;
    this.#used += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#used -= bytes;
  }
}

/**
 * The budget of this process: memory is shared by all hooks, processors and instrumentations in it, so
 * what they hold together is what counts against `maxBufferedBytes`.
 */
export const processBudget = new ByteBudget();

/**
 * What a waiting log holds besides its record: views of the record on both threads, its place in their queues,
 * and what is called with its result.
 */
const LOG_OVERHEAD_BYTES = 512;

/** Bytes that a record counts with while its log waits to be delivered. */
export function costOf(record: Uint8Array): number {
  return record.length + LOG_OVERHEAD_BYTES;
}

/** Of the budget, so much may be bodies; the rest is for what else a log is made of. */
const BODY_SHARE = 0.75;

/** What one exchange holds of a budget, from the first captured byte until its log is delivered or lost. */
export class Lease {
  readonly #budget: ByteBudget;
  readonly #limit: number;
  #held = 0;
  #released = false;

  /** @param limit bytes that the whole budget may hold, `maxBufferedBytes`. */
  constructor(limit: number, budget: ByteBudget = processBudget) {
    this.#limit = limit;
    this.#budget = budget;
  }

  /** Reserves bytes of a body: streams that stay open for hours must not take the last of the budget. */
  tryReserveForBody(bytes: number): boolean {
    if (this.#budget.used + bytes > this.#limit * BODY_SHARE) return false;
    return this.tryReserve(bytes);
  }

  tryReserve(bytes: number): boolean {
    // What comes after the release would never be given back.
    if (this.#released || !this.#budget.tryReserve(bytes, this.#limit)) return false;
    this.#held += bytes;
    return true;
  }

  /** Gives everything back; safe to call again. */
  release(): void {
    this.#budget.release(this.#held);
    this.#held = 0;
    this.#released = true;
  }
}
