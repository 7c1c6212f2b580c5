import { nameOf } from '../../options/name-of';
import type { Reporter } from '../../options/warnings';
import type { LossCause } from '../../record/drop-reason';
import type { MetricsClient, SendResult } from '../client/metrics-client';
import { retryDelay } from '../client/retry';
import type { FinalFlush, PipelineObserver } from '../pipeline';
import type { Spooling } from '../spool/spooling';
import { InFlightLimit } from './in-flight-limit';
import { type LogBatch, LogQueue, type ReadyLog } from './log-queue';
import { type FailedBatch, RetryQueue } from './retry-queue';
import { smallerBatches } from './smaller-batches';

export interface LogSenderOptions {
  readonly client: MetricsClient;
  readonly reporter: Reporter;
  readonly observer: PipelineObserver;
  /** Requests that may be in flight at a time, so that a slow server does not cap throughput. */
  readonly requestsInFlight: number;
  readonly spooling: Spooling | undefined;
  /** Called when there is room for more logs, or none is left. */
  readonly onProgress: () => void;
}

/** After the server has refused the key, nothing is sent for so long. */
const UNAUTHORIZED_PAUSE_MILLIS = 15_000;
/** While others are in flight, a request waits so long to be filled: each costs as much as some twenty logs. */
const FILL_MILLIS = 50;
/** Between two tries of a process that is about to leave. */
const HURRIED_DELAY_MILLIS = 150;

/** Sends ready logs in batches, repeats what failed, and decides when a log is lost. */
export class LogSender {
  readonly queue = new LogQueue();
  readonly #options: LogSenderOptions;
  readonly #retries = new RetryQueue(() => this.send());
  readonly #inFlight = new Set<LogBatch>();
  readonly #limit: InFlightLimit;
  #failing = false;
  #retryIsNext = true;
  #pausedUntil = 0;
  #lastTaken = 0;
  #fillTimer: NodeJS.Timeout | undefined;
  /** `performance.now()` until which the server wants to be left alone. */
  #quietUntil = 0;
  /** `performance.now()` at which it last took logs. */
  #tookAt = 0;
  #quietTimer: NodeJS.Timeout | undefined;
  /** `performance.now()` until which a leaving process repeats what failed. */
  #retryUntil: number | undefined;

  constructor(options: LogSenderOptions) {
    this.#options = options;
    this.#limit = new InFlightLimit(options.requestsInFlight);
  }

  get isIdle(): boolean {
    return this.queue.length === 0 && this.#inFlight.size === 0 && this.#retries.length === 0;
  }

  /** True while the server does not take logs: the last answer was none, or one that asks for a retry. */
  get failing(): boolean {
    return this.#failing;
  }

  send(): void {
    if (performance.now() < this.#pausedUntil) {
      for (const log of this.queue.takeAll()) log.settle('unauthorized');
    }
    if (performance.now() < this.#quietUntil) this.#keepQuiet();
    while (performance.now() >= this.#quietUntil && this.#inFlight.size < this.#limit.now) {
      const batch = this.#next();
      if (batch === undefined) break;
      this.#lastTaken = performance.now();
      void this.#sendBatch(batch);
    }
    this.#options.onProgress();
  }

  /** True when the server wants to be left alone for longer than that. */
  isQuietFor(millis: number): boolean {
    return this.#quietUntil > performance.now() + millis;
  }

  /** The process leaves: what waits is sent at once, and repeated only until then. */
  hurry({ retryMillis }: FinalFlush): void {
    this.#retryUntil = performance.now() + retryMillis;
    for (const batch of this.#retries.takeAll()) this.#retries.add(batch, 0);
    this.#limit.lift();
    this.send();
  }

  /** The process did not leave after all. */
  calm(): void {
    this.#retryUntil = undefined;
  }

  /** What has not been delivered by now, in flight or not. */
  takeAll(): ReadyLog[] {
    const waiting = [...this.#retries.takeAll().map(({ logs }) => logs), this.queue.takeAll()];
    return [...this.#inFlight, ...waiting].flat().filter((log) => !log.settled);
  }

  /** Logs that are not tried any more: kept for later where there is a place for them, or lost. */
  giveUp(logs: LogBatch, cause: LossCause): void {
    const { spooling } = this.#options;
    const queue = new LogQueue();
    for (const log of logs) if (!log.settled) queue.add(log);
    while (queue.length > 0) {
      // A file is sent as one request, and there may be room for some files and not for all.
      const batch = queue.takeBatch();
      const outcome = spooling?.keep(batch.map(({ json }) => json)) ?? cause;
      for (const log of batch) log.settle(outcome);
    }
  }

  /** Nothing is sent meanwhile, but what gets too old is still given up. */
  #keepQuiet(): void {
    this.giveUp(this.queue.takeExpired(), 'unavailable');
    clearTimeout(this.#quietTimer);
    const until = Math.min(this.#quietUntil, this.queue.firstDeadline);
    const delay = Math.max(Math.ceil(until - performance.now()), 1);
    this.#quietTimer = setTimeout(() => this.send(), delay).unref();
  }

  /** New logs and repeated ones take turns, so that neither waits for all of the other. */
  #next(): FailedBatch | undefined {
    this.#retryIsNext = !this.#retryIsNext;
    const retry = this.#retryIsNext ? this.#retries.takeDue() : undefined;
    if (retry !== undefined) return retry;
    if (this.queue.length > 0 && !this.#waitsToBeFilled()) {
      return { logs: this.queue.takeBatch(), tries: 0 };
    }
    return this.#retries.takeDue();
  }

  #waitsToBeFilled(): boolean {
    const hurried = this.#retryUntil !== undefined;
    if (this.queue.hasFullBatch || this.#inFlight.size === 0 || hurried) return false;
    const waited = performance.now() - this.#lastTaken;
    if (waited >= FILL_MILLIS) return false;
    this.#fillTimer ??= setTimeout(() => {
      this.#fillTimer = undefined;
      this.send();
    }, FILL_MILLIS - waited).unref();
    return true;
  }

  async #sendBatch(failed: FailedBatch): Promise<void> {
    const batch = failed.logs;
    if (performance.now() < this.#pausedUntil) {
      for (const log of batch) log.settle('unauthorized');
      return;
    }
    this.#inFlight.add(batch);
    try {
      const started = performance.now();
      const result = await this.#options.client.send(batch.map((log) => log.json));
      const name = result.kind === 'rejected' ? result.cause : result.kind;
      this.#options.observer.onRequest(performance.now() - started, name);
      this.#settle(batch, result, failed);
    } catch (error) {
      this.#options.reporter.diagOnce('sending failed', `sending failed: ${nameOf(error)}`);
      for (const log of batch) log.settle('internal_error');
    } finally {
      this.#inFlight.delete(batch);
      this.send();
    }
  }

  #settle(batch: LogBatch, result: SendResult, failed: FailedBatch): void {
    switch (result.kind) {
      case 'success':
        this.#failing = false;
        this.#tookAt = performance.now();
        this.#limit.succeeded();
        for (const log of batch) log.settle('delivered');
        this.#options.spooling?.serverAnswers();
        return;
      case 'retryable':
        this.#failing = true;
        this.#limit.failed();
        this.#tryLater(failed, result);
        this.giveUp(this.queue.takeExpired(), 'unavailable');
        return;
      case 'rejected':
        this.#failing = false;
        if (result.cause === 'too_large') this.#makeSmaller(batch);
        else this.#reject(batch, result.cause, result.reason);
    }
  }

  #tryLater(
    { logs: batch, tries: before, failedAt = Infinity }: FailedBatch,
    { reason, pauseMillis: pause = 0, isInternal }: SendResult & { kind: 'retryable' },
  ): void {
    const tries = before + 1;
    const now = performance.now();
    const hurried = this.#retryUntil !== undefined;
    this.#quietUntil = Math.max(this.#quietUntil, now + pause);
    const wished = hurried ? Math.max(HURRIED_DELAY_MILLIS, pause) : retryDelay(tries, pause);
    const again: ReadyLog[] = [];
    const lost: ReadyLog[] = [];
    for (const log of batch) {
      // Given up while its request was under way.
      if (log.settled) continue;
      const lastTry = Math.min(log.deadline, this.#retryUntil ?? Infinity);
      (now < lastTry && now + pause <= lastTry ? again : lost).push(log);
    }
    if (lost.length > 0) {
      this.#options.reporter.diagOnce('send:unavailable', `logs were not delivered: ${reason}`);
      this.#options.reporter.debug(`${lost.length} logs given up: ${reason}`);
      this.giveUp(lost, hurried ? 'exit' : 'unavailable');
    }
    if (again.length === 0) return;
    this.#options.reporter.debug(`${again.length} logs are sent again: ${reason}`);
    // The last try is made when the first of them is about to be given up.
    const untilLastTry = Math.min(...again.map(({ deadline }) => deadline)) - now;
    const delay = Math.max(Math.min(wished, untilLastTry), 1);
    // It took others since this one failed: a few logs that it cannot digest must not cost the rest.
    const isPoisoned = isInternal === true && this.#tookAt > failedAt;
    const half = Math.ceil(again.length / (isPoisoned ? 2 : 1));
    for (const logs of [again.slice(0, half), again.slice(half)]) {
      if (logs.length > 0) this.#retries.add({ logs, tries, failedAt: now }, delay);
    }
  }

  #reject(batch: LogBatch, cause: 'unauthorized' | 'rejected', reason: string): void {
    const { reporter } = this.#options;
    if (cause === 'unauthorized') {
      this.#pausedUntil = performance.now() + UNAUTHORIZED_PAUSE_MILLIS;
      reporter.warnOnce(
        'README_API_KEY_REJECTED',
        `ReadMe rejected the API key: ${reason}. Logs are dropped until it is accepted. Check the option apiKey (README_API_KEY).`,
      );
    } else reporter.diagOnce(`send:${cause}`, `logs were not delivered: ${reason}`);
    reporter.debug(`${batch.length} logs lost: ${reason}`);
    for (const log of batch) log.settle(cause);
  }

  #makeSmaller(batch: LogBatch): void {
    const smaller = smallerBatches(batch);
    for (const logs of smaller) this.#retries.add({ logs, tries: 0 }, 0);
    if (smaller.length === 0) for (const log of batch) log.settle('too_large');
  }
}
