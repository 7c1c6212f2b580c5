/** @typedef {import('./store.mjs').Store} Store */

/** Time for the next key: the list itself is filtered at each. */
const DELAY_MILLIS = 120;

/**
 * Asks the server in which logs the text stands, for it has headers and bodies. What it finds joins
 * what the page found by itself.
 */
export class SearchInside {
  #store;
  #text = '';
  /** Number of the log from which on is to be searched. */
  #next = 0;
  /** @type {AbortController | undefined} */
  #asking;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  /** @param {string} text */
  start(text) {
    this.#text = text;
    this.#next = 0;
    this.#asking?.abort();
    this.#asking = undefined;
    clearTimeout(this.#timer);
    this.goOn();
  }

  /** Searches the logs that have come since. */
  goOn() {
    if (this.#text === '' || this.#asking !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), DELAY_MILLIS);
  }

  async #ask() {
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const query = new URLSearchParams({ q: this.#text, from: String(this.#next) });
      const answer = await fetch(`/viewer/search?${query}`, { signal: asking.signal });
      const { found, end } = await answer.json();
      if (asking.signal.aborted) return;
      this.#next = end;
      this.#store.addFoundInside(found);
    } catch {
      // Another text is sought by now, or the server is gone, which the page shows.
    } finally {
      if (this.#asking === asking) this.#asking = undefined;
    }
    if (!asking.signal.aborted && (this.#store.logs.at(-1)?.n ?? -1) >= this.#next) this.goOn();
  }
}
