import { nameOf } from '../../options/name-of';
import type { Reporter } from '../../options/warnings';
import type { DropReason } from '../../record/drop-reason';
import type { MetricsClient } from '../client/metrics-client';
import type { FinalFlush } from '../exit/final-flush';
import type { PipelineObserver } from '../pipeline';
import type { Spooling } from '../spool/spooling';
import { AbandonedLogs } from './abandoned-logs';
import { InFlightLimit } from './in-flight-limit';
import { LogQueue } from './log-queue';
import { type LogWriter, MAX_BYTES, MAX_LOGS, OpenRequest } from './open-request';
import { RequestMemory } from './request-memory';
import { type FailedBatch, RetryQueue } from './retry-queue';
import { ServerAnswers } from './server-answers';
import type { WaitingLog } from './waiting-log';

export interface LogSenderOptions {
  readonly client: MetricsClient;
  readonly reporter: Reporter;
  readonly observer: PipelineObserver;
  readonly writer: LogWriter;
  /** Requests that may be in flight at a time, so that a slow server does not cap throughput. */
  readonly requestsInFlight: number;
  readonly spooling: Spooling | undefined;
  /** Called when something has been sent or settled. */
  readonly onProgress: () => void;
}

/** After so many milliseconds of work the event loop gets its turn. */
const SLICE_MILLIS = 5;
/** A request waits so long to be filled, counted from the last one: each costs as much as some twenty logs. */
const FILL_MILLIS = 50;
/**
 * Makes requests of the logs that wait, sends them, repeats what failed, and decides when a log is lost. What
 * waits are records; JSON is there for requests that are being filled or in flight, 8 MiB of it and one request.
 */
export class LogSender {
  readonly #options: LogSenderOptions;
  readonly #queue = new LogQueue();
  readonly #retries = new RetryQueue(() => this.send());
  readonly #abandoned: AbandonedLogs;
  readonly #memory = new RequestMemory();
  readonly #inFlight = new Set<OpenRequest>();
  readonly #limit: InFlightLimit;
  readonly #answers: ServerAnswers;
  #open: OpenRequest | undefined;
  #isScheduled = false;
  #retryIsNext = true;
  #lastSent = 0;
  #fillTimer: NodeJS.Timeout | undefined;
  #quietTimer: NodeJS.Timeout | undefined;

  constructor(options: LogSenderOptions) {
    this.#options = options;
    this.#limit = new InFlightLimit(options.requestsInFlight);
    this.#abandoned = new AbandonedLogs(options.spooling, options.writer);
    this.#answers = new ServerAnswers({
      reporter: options.reporter,
      spooling: options.spooling,
      retries: this.#retries,
      abandoned: this.#abandoned,
      limit: this.#limit,
    });
  }

  get isIdle(): boolean {
    return (
      this.#queue.length === 0 &&
      this.#open === undefined &&
      this.#inFlight.size === 0 &&
      this.#retries.length === 0 &&
      this.#abandoned.length === 0
    );
  }

  add(logs: readonly WaitingLog[]): void {
    for (const log of logs) this.#queue.add(log);
    this.send();
  }

  /** Sends what is due, in slices of 5 ms. */
  send(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#work();
    });
  }

  /** True when the server wants to be left alone for longer than that. */
  isQuietFor(millis: number): boolean {
    return this.#answers.quietUntil > performance.now() + millis;
  }

  /** The process is about to end: what waits is sent at once, and repeated only until then. */
  startFinalFlush({ retryMillis }: FinalFlush): void {
    this.#answers.retryUntil = performance.now() + retryMillis;
    for (const batch of this.#retries.takeAll()) this.#retries.add(batch, 0);
    this.#limit.lift();
    this.send();
  }

  /** The process did not end after all. */
  endFinalFlush(): void {
    this.#answers.retryUntil = undefined;
  }

  /** What has not been delivered by now, in flight or not. */
  takeAll(): WaitingLog[] {
    const open = this.#takeOpen();
    const sent = [...this.#inFlight].flatMap(({ logs }) => logs);
    const failed = this.#retries.takeAll().flatMap(({ logs }) => logs);
    const all = [...sent, ...failed, ...open, ...this.#queue.takeAll()];
    return all.filter((log) => !log.settled);
  }

  /** Nothing is sent any more: what is left is kept, or lost. @param until as for `AbandonedLogs.work`. */
  giveUpAll(cause: DropReason, until: number): void {
    this.#abandoned.add(this.takeAll(), cause);
    this.#abandoned.work(until);
    if (performance.now() >= until) this.#abandoned.loseAll();
    this.#options.onProgress();
  }

  /** The same, with the event loop getting its turn. */
  async giveUpAllInSlices(cause: DropReason, until: number): Promise<void> {
    this.#abandoned.add(this.takeAll(), cause);
    while (this.#abandoned.length > 0 && performance.now() < until) {
      this.#abandoned.work(Math.min(performance.now() + SLICE_MILLIS, until));
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#abandoned.loseAll();
    this.#options.onProgress();
  }

  #work(): void {
    const until = performance.now() + SLICE_MILLIS;
    if (performance.now() < this.#answers.pausedUntil) this.#dropUnauthorized();
    this.#giveUpExpired();
    this.#abandoned.work(until);
    // At least once: on a busy machine the slice may be over by now, and nothing else would begin another.
    do {
      this.#open ??= this.#next();
      if (this.#open === undefined || !this.#open.fill(until)) break;
      void this.#send(this.#open);
      this.#open = undefined;
    } while (performance.now() < until);
    if (this.#open !== undefined || this.#abandoned.length > 0) this.send();
    this.#options.onProgress();
  }

  /** The logs of the request that was being filled. */
  #takeOpen(): readonly WaitingLog[] {
    const open = this.#open;
    if (open === undefined) return [];
    this.#open = undefined;
    this.#memory.giveBack(open.body);
    return open.logs;
  }

  #dropUnauthorized(): void {
    for (const log of [...this.#takeOpen(), ...this.#queue.takeAll()]) log.settle('unauthorized');
    for (let due = this.#retries.takeDue(); due !== undefined; due = this.#retries.takeDue()) {
      for (const log of due.logs) log.settle('unauthorized');
    }
  }

  /** While the server fails, logs wait here for longer than they may be sent again. The oldest stand first. */
  #giveUpExpired(): void {
    const now = performance.now();
    const expired: WaitingLog[] = [];
    while ((this.#queue.first()?.deadline ?? Infinity) <= now) {
      expired.push(this.#queue.takeFirst() as WaitingLog);
    }
    if (expired.length > 0) this.#abandoned.add(expired, 'unavailable');
  }

  /** Nothing is sent meanwhile, but what gets too old is still given up. */
  #keepQuiet(): void {
    clearTimeout(this.#quietTimer);
    const until = Math.min(this.#answers.quietUntil, this.#queue.first()?.deadline ?? Infinity);
    const delay = Math.max(Math.ceil(until - performance.now()), 1);
    this.#quietTimer = setTimeout(() => this.send(), delay).unref();
  }

  /** The next request to fill; undefined while none may be sent, or there is nothing for it. */
  #next(): OpenRequest | undefined {
    if (performance.now() < this.#answers.quietUntil) {
      this.#keepQuiet();
      return undefined;
    }
    if (this.#inFlight.size >= this.#limit.now || this.#memory.isUsedUp) return undefined;
    // New logs and repeated ones take turns, so that neither waits for all of the other.
    this.#retryIsNext = !this.#retryIsNext;
    const retry = this.#retryIsNext ? this.#retries.takeDue() : undefined;
    if (retry !== undefined) return this.#retry(retry);
    if (this.#queue.length > 0 && !this.#waitsToBeFilled()) {
      return new OpenRequest(this.#memory.take(), this.#queue, this.#options.writer);
    }
    const due = this.#retries.takeDue();
    return due && this.#retry(due);
  }

  #retry({ logs, ...before }: FailedBatch): OpenRequest {
    const queue = new LogQueue();
    for (const log of logs) queue.add(log);
    const request = new OpenRequest(this.#memory.take(), queue, this.#options.writer, before);
    // As one request they were sent before; should they be too long this time, the rest has its turn later.
    request.fill(Infinity);
    const rest = queue.takeAll();
    if (rest.length > 0) this.#retries.add({ logs: rest, ...before }, 0);
    return request;
  }

  #waitsToBeFilled(): boolean {
    const isFull = this.#queue.length >= MAX_LOGS || this.#queue.bytes >= MAX_BYTES;
    if (isFull || this.#answers.retryUntil !== undefined) return false;
    const waited = performance.now() - this.#lastSent;
    if (waited >= FILL_MILLIS) return false;
    this.#fillTimer ??= setTimeout(() => {
      this.#fillTimer = undefined;
      this.send();
    }, FILL_MILLIS - waited).unref();
    return true;
  }

  async #send(request: OpenRequest): Promise<void> {
    if (request.logs.length === 0) {
      this.#memory.giveBack(request.body);
      return;
    }
    this.#inFlight.add(request);
    this.#memory.use(request.body);
    this.#lastSent = performance.now();
    try {
      const started = performance.now();
      const result = await this.#options.client.send(request.body);
      const name = result.kind === 'rejected' ? result.cause : result.kind;
      this.#options.observer.onRequest(performance.now() - started, name);
      if (result.kind !== 'success') this.#options.observer.onFailure(result.reason);
      this.#answers.settle(request, result);
    } catch (error) {
      this.#options.reporter.diagOnce('sending failed', `sending failed: ${nameOf(error)}`);
      for (const log of request.logs) log.settle('internal_error');
    } finally {
      this.#inFlight.delete(request);
      this.#memory.giveBack(request.body);
      this.send();
    }
  }
}
