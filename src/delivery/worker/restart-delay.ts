/** Milliseconds after which a worker that crashed is replaced; twice as many after each further crash. */
const [FIRST_MILLIS, LAST_MILLIS] = [1000, 60_000];
/** The crash of a worker that has lived so long is taken for the first. */
const HEALTHY_MILLIS = 10 * 60_000;

/** How long a worker that crashed is not replaced: one that crashes each time must not keep a CPU busy. */
export class RestartDelay {
  #crashes = 0;
  #readyAt = 0;

  /** A worker is ready. */
  ready(): void {
    this.#readyAt = performance.now();
  }

  /** It has crashed. @returns milliseconds */
  crashed(): number {
    if (performance.now() - this.#readyAt > HEALTHY_MILLIS) this.#crashes = 0;
    return Math.min(FIRST_MILLIS * 2 ** this.#crashes++, LAST_MILLIS);
  }
}
