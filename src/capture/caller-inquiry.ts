import type { IncomingMessage, ServerResponse } from 'node:http';
import { ReadmeOptionsError } from '../options/checks';
import type { LossCause } from '../record/drop-reason';
import { type Caller, type CallerResult, resolveCaller } from './caller';
import type { CaptureSettings } from './capture-settings';

/** A grouping promise that is still pending so long after the response has closed is given up. */
const TIMEOUT_MILLIS = 30_000;

/**
 * Finds out who made a request: from `setReadmeGroup`, which wins, or from the grouping function, which is
 * asked once. It ends with a caller, with a cause of loss, or with neither: not logged, as wished.
 */
export class CallerInquiry {
  readonly #settings: Pick<CaptureSettings, 'groupingFunction' | 'warnings'>;
  readonly #onDecided: () => void;
  #state: 'open' | 'pending' | 'decided' = 'open';
  #caller: Caller | undefined;
  #lossCause: LossCause | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param onDecided called each time that the caller is decided. */
  constructor(
    settings: Pick<CaptureSettings, 'groupingFunction' | 'warnings'>,
    onDecided: () => void,
  ) {
    this.#settings = settings;
    this.#onDecided = onDecided;
  }

  get decided(): boolean {
    return this.#state === 'decided';
  }

  get caller(): Caller | undefined {
    return this.#caller;
  }

  get lossCause(): LossCause | undefined {
    return this.#lossCause;
  }

  /** Asks the grouping function, unless it has been asked or is no longer needed. */
  ask(request: IncomingMessage, response: ServerResponse): void {
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
  tell(group: unknown): void {
    if (this.decided && this.#caller === undefined) {
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

  /** Nobody waits any longer for a promise that is still pending. */
  giveUp(): void {
    if (this.#state === 'pending') this.#decide({ cause: 'group_pending' });
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
    // The error itself stays out: its message may hold what the application keeps secret. One about the
    // setting has been told already.
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
    clearTimeout(this.#timer);
    this.#caller = 'caller' in result ? result.caller : undefined;
    this.#lossCause = 'cause' in result ? result.cause : undefined;
    this.#onDecided();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
