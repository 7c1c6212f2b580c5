import type { IncomingMessage, ServerResponse } from 'node:http';
import { clearTimeout, setTimeout } from 'node:timers';
import { ReadmeOptionsError } from '../options/checks';
import type { DropReason } from '../record/drop-reason';
import { type Caller, type CallerResult, resolveCaller } from './caller';
import type { CaptureSettings } from './capture-settings';

/** A grouping promise that is still pending so long after the response has closed is given up. */
const TIMEOUT_MILLIS = 30_000;

/** Who waits for a caller. */
export interface CallerListener {
  /** Called each time that the caller is decided. */
  onCallerDecided(): void;
}

/**
 * Finds out who made a request: from `setReadmeGroup`, which takes precedence, or from the grouping function,
 * which is called once. It ends with a caller, with a drop reason, or with neither: not logged, as wished.
 */
export class CallerResolver {
  /** Undefined while it is not known, and when the exchange is not logged. */
  caller: Caller | undefined = undefined;
  /** Why the exchange is lost; undefined while it is not, and when it is not logged as wished. */
  dropReason: DropReason | undefined = undefined;
  readonly #settings: Pick<CaptureSettings, 'groupingFunction' | 'warnings'>;
  readonly #listener: CallerListener;
  #state: 'open' | 'pending' | 'decided' = 'open';
  #timer: NodeJS.Timeout | undefined;

  constructor(
    settings: Pick<CaptureSettings, 'groupingFunction' | 'warnings'>,
    listener: CallerListener,
  ) {
    this.#settings = settings;
    this.#listener = listener;
  }

  get decided(): boolean {
    return this.#state === 'decided';
  }

  /** Calls the grouping function, unless it has been called or is no longer needed. */
  resolve(request: IncomingMessage, response: ServerResponse): void {
    if (this.#state !== 'open') return;
    this.#state = 'pending';
    try {
      const group: unknown = this.#settings.groupingFunction(request, response);
      if (isThenable(group)) {
        Promise.resolve(group).then(
          (value) => this.#arrived(value),
          (error: unknown) => this.#failed('was rejected', error),
        );
      } else {
        this.#arrived(group);
      }
    } catch {
      this.#failed('threw');
    }
  }

  /** Takes a group from `setReadmeGroup`. */
  override(group: unknown): void {
    if (this.decided && this.caller === undefined) {
      this.#settings.warnings.diagOnce(
        'group-too-late',
        'setReadmeGroup was called after it was decided that the exchange is not logged',
      );
      return;
    }
    try {
      this.#decide(resolveCaller(group, this.#settings.warnings));
    } catch {
      this.#decide({ cause: 'group_failed' }); // an object with getters that throw
    }
  }

  /** The response has closed: a promise gets so much time and no more. */
  setDeadline(): void {
    if (this.#state !== 'pending') return;
    this.#timer = setTimeout(() => this.#failed('did not settle within 30 s'), TIMEOUT_MILLIS);
    this.#timer.unref();
  }

  /** A promise that is still pending is not waited for any longer. */
  giveUp(): void {
    if (this.#state === 'pending') this.drop('group_pending');
  }

  /** The exchange is lost, whoever made its request. */
  drop(reason: DropReason): void {
    this.#decide({ cause: reason });
  }

  #arrived(group: unknown): void {
    if (this.#state !== 'pending') return; // setReadmeGroup came first
    try {
      this.#decide(resolveCaller(group, this.#settings.warnings));
    } catch {
      this.#failed('gave an object that throws');
    }
  }

  #failed(what: string, error?: unknown): void {
    if (this.#state !== 'pending') return;
    // The error itself stays out: its message may hold what the application keeps secret. A faulty setting
    // has been reported already.
    if (!(error instanceof ReadmeOptionsError)) {
      this.#settings.warnings.warnOnce(
        'README_GROUP_FAILED',
        `the grouping function ${what}: such exchanges are not logged. Catch the error in the function and return null, or a group.`,
      );
    }
    this.#decide({ cause: 'group_failed' });
  }

  #decide(result: CallerResult): void {
    this.#state = 'decided';
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.caller = 'caller' in result ? result.caller : undefined;
    this.dropReason = 'cause' in result ? result.cause : undefined;
    this.#listener.onCallerDecided();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
