/** While a server fails, it is asked by so few requests at a time. */
const FEWEST = 2;

/** How many requests may be in flight: half as many after each that failed, twice as many after a success. */
export class InFlightLimit {
  readonly #most: number;
  #now: number;

  constructor(most: number) {
    this.#most = most;
    this.#now = most;
  }

  get now(): number {
    return this.#now;
  }

  succeeded(): void {
    this.#now = Math.min(this.#now * 2, this.#most);
  }

  failed(): void {
    this.#now = Math.max(Math.floor(this.#now / 2), FEWEST);
  }

  /** Everything is to be tried at once. */
  lift(): void {
    this.#now = this.#most;
  }
}
