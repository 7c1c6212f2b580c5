import type { Reporter } from '../../options/warnings';
import type { SendResult } from '../client/metrics-client';
import { retryDelay } from '../client/retry';
import type { Spooling } from '../spool/spooling';
import type { AbandonedLogs } from './abandoned-logs';
import type { InFlightLimit } from './in-flight-limit';
import type { FailedBatch, RetryQueue } from './retry-queue';
import type { WaitingLog } from './waiting-log';

/** After the server has refused the key, nothing is sent for so long. */
const UNAUTHORIZED_PAUSE_MILLIS = 15_000;
/** Between two attempts of a process that is about to end. */
const FINAL_RETRY_MILLIS = 150;

export interface ServerAnswersOptions {
  readonly reporter: Reporter;
  readonly spooling: Spooling | undefined;
  readonly retries: RetryQueue;
  readonly abandoned: AbandonedLogs;
  readonly limit: InFlightLimit;
}

/** Decides what becomes of the logs of a request by what the server answered, and when to ask it again. */
export class ServerAnswers {
  /** `performance.now()` until which the server wants to be left alone. */
  quietUntil = 0;
  /** `performance.now()` until which nothing is sent because the key was refused. */
  pausedUntil = 0;
  /** `performance.now()` until which a process that is about to end repeats what failed. */
  retryUntil: number | undefined;
  readonly #options: ServerAnswersOptions;
  /** `performance.now()` at which the server last took logs. */
  #tookAt = 0;

  constructor(options: ServerAnswersOptions) {
    this.#options = options;
  }

  settle(batch: FailedBatch, result: SendResult): void {
    const { limit, spooling } = this.#options;
    switch (result.kind) {
      case 'success':
        this.#tookAt = performance.now();
        limit.succeeded();
        for (const log of batch.logs) log.settle('delivered');
        spooling?.serverAnswers();
        return;
      case 'retryable':
        limit.failed();
        this.#tryLater(batch, result);
        return;
      case 'rejected':
        if (result.cause === 'too_large') this.#makeSmaller(batch.logs);
        else this.#reject(batch.logs, result.cause, result.reason);
    }
  }

  #tryLater(
    { logs, attempts: before, failedAt = Infinity }: FailedBatch,
    { reason, retryInMillis: wanted = 0, isInternal }: SendResult & { kind: 'retryable' },
  ): void {
    const attempts = before + 1;
    const now = performance.now();
    const isFinal = this.retryUntil !== undefined;
    this.quietUntil = Math.max(this.quietUntil, now + wanted);
    const again: WaitingLog[] = [];
    const lost: WaitingLog[] = [];
    for (const log of logs) {
      // Given up while its request was under way.
      if (log.settled) continue;
      const lastTry = Math.min(log.deadline, this.retryUntil ?? Infinity);
      (now < lastTry && now + wanted <= lastTry ? again : lost).push(log);
    }
    const { reporter, retries, abandoned } = this.#options;
    if (lost.length > 0) {
      reporter.diagOnce('send:unavailable', `logs were not delivered: ${reason}`);
      reporter.debug(`${lost.length} logs given up: ${reason}`);
      abandoned.add(lost, isFinal ? 'shutdown_timeout' : 'unavailable');
    }
    if (again.length === 0) return;
    reporter.debug(`${again.length} logs are sent again: ${reason}`);
    const wished = isFinal ? Math.max(FINAL_RETRY_MILLIS, wanted) : retryDelay(attempts, wanted);
    // The last try is made when the first of them is about to be given up.
    const untilLastTry = Math.min(...again.map(({ deadline }) => deadline)) - now;
    const delay = Math.max(Math.min(wished, untilLastTry), 1);
    // It took others since this one failed: a few logs that it cannot digest must not cost the rest.
    const isPoisoned = isInternal === true && this.#tookAt > failedAt;
    const half = Math.ceil(again.length / (isPoisoned ? 2 : 1));
    for (const part of [again.slice(0, half), again.slice(half)]) {
      if (part.length > 0) retries.add({ logs: part, attempts, failedAt: now }, delay);
    }
  }

  #reject(logs: readonly WaitingLog[], cause: 'unauthorized' | 'rejected', reason: string): void {
    const { reporter } = this.#options;
    if (cause === 'unauthorized') {
      this.pausedUntil = performance.now() + UNAUTHORIZED_PAUSE_MILLIS;
      reporter.warnOnce(
        'README_API_KEY_REJECTED',
        `ReadMe rejected the API key: ${reason}. Logs are dropped until it is accepted. Check the option apiKey (README_API_KEY).`,
      );
    } else reporter.diagOnce(`send:${cause}`, `logs were not delivered: ${reason}`);
    reporter.debug(`${logs.length} logs lost: ${reason}`);
    for (const log of logs) log.settle(cause);
  }

  /** In place of a request that was too large come its halves, or its one log without its bodies. */
  #makeSmaller(logs: readonly WaitingLog[]): void {
    const { retries } = this.#options;
    if (logs.length > 1) {
      const middle = Math.ceil(logs.length / 2);
      retries.add({ logs: logs.slice(0, middle), attempts: 0 }, 0);
      retries.add({ logs: logs.slice(middle), attempts: 0 }, 0);
      return;
    }
    for (const log of logs) {
      if (log.withoutBodies) {
        log.settle('too_large');
        continue;
      }
      log.leaveBodiesOut();
      retries.add({ logs: [log], attempts: 0 }, 0);
    }
  }
}
