/** Somebody who has logs to deliver before the process ends. */
export interface Leaver {
  /** The event loop is empty; a pending promise has to keep the process alive itself. Never rejects. */
  leave(): Promise<void>;
  /** The process ends when this returns. Never throws. */
  leaveSync(): void;
}

/**
 * Tells who has logs left that the process is about to end: naturally, by `process.exit()`, or by an
 * uncaught error. One pair of listeners for all, as eleven would draw a MaxListenersExceededWarning.
 */
class ProcessExit {
  readonly #leavers = new Set<Leaver>();
  #isAskedFor = false;

  readonly #onBeforeExit = (): void => {
    for (const leaver of this.#leavers) void leaver.leave();
  };

  readonly #onExit = (): void => {
    for (const leaver of this.#leavers) leaver.leaveSync();
  };

  /** True when a signal has asked the process to end: from then on, it is held up for its last logs alone. */
  get isAskedFor(): boolean {
    return this.#isAskedFor;
  }

  /** To be called when such a signal comes. */
  askFor(): void {
    this.#isAskedFor = true;
  }

  add(leaver: Leaver): void {
    if (this.#leavers.size === 0) {
      process.on('beforeExit', this.#onBeforeExit);
      // Before the application's own listeners: an exception in one of them ends the process at once.
      process.prependListener('exit', this.#onExit);
    }
    this.#leavers.add(leaver);
  }

  delete(leaver: Leaver): void {
    this.#leavers.delete(leaver);
    if (this.#leavers.size > 0) return;
    process.off('beforeExit', this.#onBeforeExit);
    process.off('exit', this.#onExit);
  }
}

/** Of this process, as its end is one for all. */
export const processExit = new ProcessExit();
