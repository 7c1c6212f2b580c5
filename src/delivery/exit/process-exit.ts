/** Somebody who has logs to deliver before the process ends. */
export interface ExitHook {
  /** The event loop is empty; a pending promise has to keep the process alive itself. Never rejects. */
  flushBeforeExit(): Promise<void>;
  /** The process ends when this returns. Never throws. */
  flushSync(): void;
}

/**
 * Tells who has logs left that the process is about to end: naturally, by `process.exit()`, or by an
 * uncaught error. One pair of listeners for all, as eleven would draw a MaxListenersExceededWarning.
 */
class ProcessExit {
  readonly #hooks = new Set<ExitHook>();
  #isAskedFor = false;

  readonly #onBeforeExit = (): void => {
    for (const hook of this.#hooks) void hook.flushBeforeExit();
  };

  readonly #onExit = (): void => {
    for (const hook of this.#hooks) hook.flushSync();
  };

  /** True when a signal has asked the process to end: from then on, it is held up for its last logs alone. */
  get isAskedFor(): boolean {
    return this.#isAskedFor;
  }

  /** To be called when such a signal comes. */
  askFor(): void {
    this.#isAskedFor = true;
  }

  add(hook: ExitHook): void {
    if (this.#hooks.size === 0) {
      process.on('beforeExit', this.#onBeforeExit);
      // Before the application's own listeners: an exception in one of them ends the process at once.
      process.prependListener('exit', this.#onExit);
    }
    this.#hooks.add(hook);
  }

  delete(hook: ExitHook): void {
    this.#hooks.delete(hook);
    if (this.#hooks.size > 0) return;
    process.off('beforeExit', this.#onBeforeExit);
    process.off('exit', this.#onExit);
  }
}

/** Of this process, as its end is one for all. */
export const processExit = new ProcessExit();
