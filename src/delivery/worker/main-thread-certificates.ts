import { clearTimeout, setTimeout } from 'node:timers';

/** Milliseconds in which the main thread answers, if it is not blocked. */
const LONGEST_WAIT_MILLIS = 1000;

/** In the worker: whom the main thread trusts. */
export class MainThreadCertificates {
  readonly #post: () => void;
  #known: readonly string[] | undefined;
  #isPushed = false;
  #waiting: (() => void)[] = [];

  /** @param post asks the main thread. */
  constructor(post: () => void) {
    this.#post = post;
  }

  /** @returns the last known list when the main thread does not answer. */
  async ask(): Promise<readonly string[] | undefined> {
    if (this.#isPushed) {
      this.#isPushed = false;
      return this.#known;
    }
    this.#post();
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      timer = setTimeout(resolve, LONGEST_WAIT_MILLIS);
    });
    clearTimeout(timer);
    return this.#known;
  }

  /** The answer; or what the main thread sends before it blocks, at the end of a process. */
  receive(certificates: readonly string[] | undefined): void {
    this.#isPushed = this.#waiting.length === 0;
    this.#known = certificates ?? this.#known;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
