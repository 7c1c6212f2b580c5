import { OwnListener } from './own-listener';

/** Somebody who has logs to deliver before the process ends. */
export interface ExitHook {
  /** The event loop is empty; a pending promise has to keep the process alive itself. Never rejects. */
  flushBeforeExit(): Promise<void>;
  /** The process ends when this returns. Never throws. */
  flushSync(): void;
}

/** What ends the process once the `exit` listeners are through; Node reads it from `process` each time. */
interface Exiting {
  reallyExit(code?: number): never;
}

/**
 * Tells who has logs left that the process is about to end: naturally, by `process.exit()`, or by an
 * uncaught error. The application's own listeners have been called before, as the process may be killed
 * while it waits for the last logs.
 */
class ProcessExit {
  readonly #hooks = new Set<ExitHook>();
  #isAskedFor = false;
  #undoArm: (() => void) | undefined;

  readonly #beforeExit = new OwnListener('beforeExit', 'last', () => {
    // What is sent while the event loop turns makes Node emit this again. Listeners of the application
    // expect it once: then it is for `exit`.
    if (this.#beforeExit.others > 0) return;
    for (const hook of this.#hooks) void hook.flushBeforeExit();
  });
  readonly #firstAtExit = new OwnListener('exit', 'first', () => {
    if (this.#firstAtExit.others > 0) this.#arm();
  });
  readonly #lastAtExit = new OwnListener('exit', 'last', () => {
    this.#disarm();
    this.#flush();
  });

  readonly #flush = (): void => {
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
    if (this.#hooks.size === 0) for (const listener of this.#listeners) listener.add();
    this.#hooks.add(hook);
  }

  delete(hook: ExitHook): void {
    this.#hooks.delete(hook);
    if (this.#hooks.size === 0) for (const listener of this.#listeners) listener.remove();
  }

  get #listeners(): readonly OwnListener[] {
    return [this.#beforeExit, this.#firstAtExit, this.#lastAtExit];
  }

  /**
   * An `exit` listener of the application may end the process before the last one is called: by an exception,
   * or by `process.exit()`.
   */
  #arm(): void {
    const exiting = process as unknown as Exiting;
    const { reallyExit } = exiting;
    const flushAndExit = (code?: number): never => {
      this.#disarm();
      this.#flush();
      return Reflect.apply(reallyExit, process, [code]) as never;
    };
    process.on('uncaughtExceptionMonitor', this.#flush);
    exiting.reallyExit = flushAndExit;
    this.#undoArm = () => {
      process.off('uncaughtExceptionMonitor', this.#flush);
      if (exiting.reallyExit === flushAndExit) exiting.reallyExit = reallyExit;
    };
  }

  /** `exit` may be emitted by others than Node, and the process live on. */
  #disarm(): void {
    this.#undoArm?.();
    this.#undoArm = undefined;
  }
}

/** Of this process, as its end is one for all. */
export const processExit = new ProcessExit();
