import { AsyncResource } from 'node:async_hooks';
import { clearTimeout, setTimeout } from 'node:timers';
import { nameOf } from '../../options/name-of';
import type { Reporter } from '../../options/warnings';
import { withTracingSuppressed } from '../client/with-tracing-suppressed';
import { type FinalFlush, isTimeForWorker, startingMillis } from '../exit/final-flush';
import { createInlinePipeline } from '../load-inline-pipeline';
import type { PendingLog, Pipeline, PipelineObserver } from '../pipeline';
import type { PipelineSettings } from '../pipeline-settings';
import { Flushes } from './flushes';
import { canKeepHere, keepHere } from './keep-here';
import { LogsPendingInWorker } from './pending-in-worker';
import { packRecords } from './record-batch';
import { RestartDelay } from './restart-delay';
import { WorkerLink } from './worker-link';
import type { FromWorker, WorkerReport } from './worker-messages';
import { WorkerStartup } from './worker-startup';
import { explainUnavailable } from './worker-unavailable';

/** Logs are handed over together: each message wakes the other thread, which costs more than a small log. */
const [GIVE_LOGS, GIVE_BYTES, GIVE_MILLIS] = [100, 1024 * 1024, 25];
/** In place of a record that the worker has: until that reports, the memory would not be free. */
const HANDED_OVER = new Uint8Array(0);

/** Of no interest to those who look for what keeps a process alive, as Jest's `--detectOpenHandles` does. */
function neutralContext(): AsyncResource {
  return new AsyncResource('ReadmeMetricsWorker').emitDestroy();
}

/**
 * The pipeline in a worker thread. The thread is started with the first log and replaced when it crashes;
 * where there can be none, the same pipeline runs on this thread.
 */
export class WorkerPipeline implements Pipeline {
  readonly #settings: PipelineSettings;
  readonly #reporter: Reporter;
  readonly #observer: PipelineObserver;
  /** The context of whoever sent the first request must not live as long as the thread. */
  readonly #context = neutralContext();
  #link: WorkerLink | undefined;
  #ready = false;
  /** Since it has, it has loaded what a request takes, too. */
  #hasSent = false;
  #fallback: Pipeline | undefined;
  readonly #restartDelay = new RestartDelay();
  #restart: NodeJS.Timeout | undefined;
  #giveTimer: NodeJS.Timeout | undefined;
  #closed = false;
  /** What no worker has been given yet. */
  #queue: PendingLog[] = [];
  #queueBytes = 0;
  readonly #pending = new LogsPendingInWorker();
  readonly #flushes = new Flushes();
  readonly #startup = new WorkerStartup();

  constructor(settings: PipelineSettings, reporter: Reporter, observer: PipelineObserver) {
    this.#settings = settings;
    this.#reporter = reporter;
    this.#observer = observer;
  }

  add(logs: readonly PendingLog[]): void {
    if (this.#fallback !== undefined) {
      this.#fallback.add(logs);
      return;
    }
    for (const log of logs) {
      this.#queue.push(log);
      this.#queueBytes += log.record.length;
    }
    if (this.#ready) this.#giveSoon();
    else if (this.#restart === undefined) this.#startWorker();
  }

  start(): void {
    this.#startWorker();
    if (this.#fallback !== undefined) this.#fallback.start();
    else this.#link?.post({ kind: 'start' });
  }

  async flushBeforeExit(whole: FinalFlush): Promise<void> {
    const end = performance.now() + whole.boundMillis;
    if (this.#mayKeepHere(whole)) {
      await this.#startup.within(startingMillis(whole));
      if (this.#mayKeepHere(whole)) this.#keepHere(end);
    }
    const flush = { ...whole, boundMillis: Math.max(end - performance.now(), 0) };
    this.#handOverAll();
    if (this.#fallback !== undefined) return this.#fallback.flushBeforeExit(flush);
    if (this.#pending.size === 0) return;
    const message = this.#flushes.message(flush);
    const next = this.#pending.next;
    this.#link?.post(message);
    await this.#flushes.done(message, flush.boundMillis);
    this.#pending.lose('shutdown_timeout', next);
  }

  flushSync(whole: FinalFlush): void {
    const end = performance.now() + whole.boundMillis;
    if (this.#mayKeepHere(whole)) {
      const mayStart = startingMillis(whole);
      if (mayStart === 0 || !this.#link?.waitUntilReady(mayStart)) this.#keepHere(end);
    }
    const flush = { ...whole, boundMillis: Math.max(end - performance.now(), 0) };
    this.#handOverAll();
    if (this.#fallback !== undefined) {
      this.#fallback.flushSync(flush);
      return;
    }
    if (this.#pending.size === 0) return;
    this.#link?.flushBlocking(this.#flushes.message(flush), flush.boundMillis);
    this.#pending.lose('shutdown_timeout');
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    clearTimeout(this.#giveTimer);
    for (const log of this.#queue.splice(0)) log.onResult('shutdown_timeout');
    await this.#fallback?.close();
    await this.#link?.terminate();
    this.#link = undefined;
    this.#ready = false;
    this.#pending.lose('shutdown_timeout');
  }

  /** What waits can be kept in files, and the worker may not be there in time for that. */
  #mayKeepHere(flush: FinalFlush): boolean {
    if (!canKeepHere(this.#settings) || this.#queue.length === 0) return false;
    if (isTimeForWorker(flush, this.#ready, this.#hasSent)) return false;
    if (startingMillis(flush) > 0) this.#startWorker();
    return this.#fallback === undefined;
  }

  #keepHere(end: number): void {
    const logs = this.#queue.splice(0);
    this.#queueBytes = 0;
    keepHere(logs, end - performance.now(), this.#settings, this.#reporter, this.#observer);
  }

  /** There is no time to wait for a worker to be ready, or for one that crashed to be replaced. */
  #handOverAll(): void {
    if (this.#queue.length === 0) return;
    this.#startWorker();
    this.#give();
  }

  #startWorker(): void {
    if (this.#link !== undefined || this.#fallback !== undefined || this.#closed) return;
    clearTimeout(this.#restart);
    this.#restart = undefined;
    try {
      this.#link = this.#context.runInAsyncScope(
        () =>
          new WorkerLink(this.#settings, {
            onMessage: (message) => this.#onMessage(message),
            onExit: (reason) => this.#onExit(reason),
          }),
      );
    } catch (error) {
      this.#fallBack((error as NodeJS.ErrnoException).code ?? nameOf(error));
    }
  }

  #giveSoon(): void {
    if (this.#queue.length >= GIVE_LOGS || this.#queueBytes >= GIVE_BYTES) this.#give();
    else this.#giveTimer ??= setTimeout(() => this.#give(), GIVE_MILLIS).unref();
  }

  /** Hands over what is queued. A port keeps messages until its other side listens. */
  #give(): void {
    clearTimeout(this.#giveTimer);
    this.#giveTimer = undefined;
    if (this.#link === undefined || this.#queue.length === 0) return;
    const logs = this.#queue;
    this.#queue = [];
    this.#queueBytes = 0;
    try {
      const { batch, transfer } = packRecords(logs.map(({ record }) => record));
      this.#link.post({ kind: 'logs', batch }, transfer);
    } catch (error) {
      this.#reporter.diagOnce('post', `logs cannot be handed to the worker: ${nameOf(error)}`);
      for (const log of logs) log.onResult('internal_error');
      return;
    }
    for (const log of logs) log.record = HANDED_OVER;
    this.#pending.give(logs);
  }

  #onMessage(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        this.#ready = true;
        this.#restartDelay.ready();
        this.#give();
        this.#startup.known();
        return;
      case 'report':
        this.#onReport(message);
        return;
      case 'flushed':
        this.#flushes.end(message.id);
        return;
      case 'debug':
        this.#reporter.debug(message.message);
        return;
      default:
        this.#reporter[message.kind](message.key, message.message);
    }
  }

  #onReport({ outcomes, requests, failure, withheld, recovered }: WorkerReport): void {
    // Before what was lost for it.
    if (failure !== undefined) this.#observer.onFailure(failure);
    this.#hasSent ||= requests.length > 0;
    this.#pending.settle(outcomes);
    for (let index = 0; index < requests.length; index += 2) {
      this.#observer.onRequest(requests[index] as number, requests[index + 1] as string);
    }
    if (withheld > 0) this.#observer.onWithheld(withheld);
    if (recovered > 0) this.#observer.onRecovered(recovered);
  }

  #onExit(reason: string): void {
    const wasReady = this.#ready;
    this.#link = undefined;
    this.#ready = false;
    this.#hasSent = false;
    if (!wasReady) {
      this.#fallBack(reason);
      return;
    }
    const lost = this.#pending.size;
    this.#pending.lose('worker_crashed');
    this.#flushes.endAll();
    this.#pending.restart();
    this.#reporter.warnOnce(
      'README_WORKER_CRASHED',
      `the background worker ended unexpectedly (${reason}), ${lost} logs were lost. It is started again. If this happens often, set backgroundWorkerMode to false and report it.`,
    );
    this.#restart = setTimeout(() => {
      this.#restart = undefined;
      if (this.#queue.length > 0) this.#startWorker();
    }, this.#restartDelay.crashed()).unref();
  }

  /** @param reason why there is no worker */
  #fallBack(reason: string): void {
    this.#reporter.warnOnce('README_WORKER_UNAVAILABLE', explainUnavailable(reason));
    this.#fallback = createInlinePipeline(this.#settings, this.#reporter, this.#observer, {
      withTracingSuppressed,
    });
    this.#pending.lose('worker_crashed');
    this.#flushes.endAll();
    this.#fallback.add(this.#queue.splice(0));
    this.#startup.known();
  }
}
