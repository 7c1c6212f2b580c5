import { LogEncoder } from '../har/log-encoder';
import { buildLog, type LogSettings, withheldBodies } from '../har/readme-log';
import { nameOf } from '../options/name-of';
import { readRecord } from '../record/read-record';
import type { FinalFlush, PendingLog, Pipeline } from './pipeline';
import { ReadyLog } from './sender/log-queue';
import { LogSender, type LogSenderOptions } from './sender/log-sender';

export interface LogPipelineOptions extends Omit<LogSenderOptions, 'onProgress'> {
  readonly settings: LogSettings;
  /** Milliseconds for which a log is sent again after failures. */
  readonly retryTimeoutMillis: number;
  /** Delivers logs while this thread is blocked; `undefined` where nobody can. */
  readonly deliverBlocking: DeliverBlocking | undefined;
}

export type DeliverBlocking = (logs: readonly PendingLog[], flush: FinalFlush) => void;

interface Waiting {
  readonly log: PendingLog;
  /** `performance.now()` after which a failed log is not sent again. */
  readonly deadline: number;
}

/** After so many milliseconds of work the event loop gets its turn. */
const WORK_SLICE_MILLIS = 5;

/**
 * Turns exchanges into logs and has them sent: the part of the way that does not need the request's
 * thread. It takes plain data, works in slices of 5 ms, and fills requests by count and bytes.
 */
export class LogPipeline implements Pipeline {
  readonly #options: LogPipelineOptions;
  readonly #sender: LogSender;
  #waiting: Waiting[] = [];
  #next = 0;
  #working = false;
  #idle: (() => void)[] = [];

  constructor(options: LogPipelineOptions) {
    this.#options = options;
    this.#sender = new LogSender({ ...options, onProgress: () => this.#onProgress() });
  }

  /** Takes logs on; they are sent with what else is waiting, at the latest when the event loop is free. */
  add(logs: readonly PendingLog[]): void {
    const deadline = performance.now() + this.#options.retryTimeoutMillis;
    for (const log of logs) this.#waiting.push({ log, deadline });
    this.#schedule();
  }

  start(): void {
    this.#options.spooling?.serverAnswers();
  }

  async flushBeforeExit(flush: FinalFlush): Promise<void> {
    if (this.#isIdle()) return;
    if (this.#sender.isQuietFor(flush.retryMillis)) {
      this.#giveUpAll();
      return;
    }
    this.#sender.hurry(flush);
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, flush.boundMillis);
    });
    await Promise.race([new Promise<void>((resolve) => this.#idle.push(resolve)), over]);
    clearTimeout(timer);
    this.#giveUpAll();
    this.#sender.calm();
  }

  flushSync(flush: FinalFlush): void {
    const { deliverBlocking } = this.#options;
    const isHopeless = flush.boundMillis <= 0 || this.#sender.isQuietFor(flush.retryMillis);
    if (deliverBlocking === undefined || isHopeless) {
      this.#giveUpAll();
      return;
    }
    const ready = this.#sender.takeAll().map(({ pending }) => pending);
    const left = [...ready, ...this.#takeAllWaiting().map(({ log }) => log)];
    if (left.length > 0) deliverBlocking(left, flush);
  }

  async close(): Promise<void> {
    this.#giveUpAll();
    this.#options.spooling?.close();
    await this.#options.client.close();
  }

  #schedule(): void {
    if (this.#working || this.#waiting.length === 0) return;
    this.#working = true;
    setImmediate(() => this.#work());
  }

  #work(): void {
    this.#working = false;
    const { queue } = this.#sender;
    const started = performance.now();
    while (this.#next < this.#waiting.length && !queue.hasEnough) {
      if (performance.now() - started > WORK_SLICE_MILLIS) break;
      this.#build(this.#takeWaiting());
      if (queue.hasFullBatch) this.#sender.send();
    }
    // Whatever is left of a slice that was cut short goes out with what the next one makes.
    if (this.#waiting.length === 0) this.#sender.send();
    else if (!queue.hasEnough) this.#schedule();
  }

  /** Array.prototype.shift moves all that follows, which a long queue cannot afford for every record. */
  #takeWaiting(): Waiting {
    const waiting = this.#waiting[this.#next++] as Waiting;
    if (this.#next === this.#waiting.length || this.#next === 1024) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
    return waiting;
  }

  #takeAllWaiting(): Waiting[] {
    const all = this.#waiting.slice(this.#next);
    this.#waiting = [];
    this.#next = 0;
    return all;
  }

  #build({ log, deadline }: Waiting): void {
    try {
      this.#sender.queue.add(new ReadyLog(this.#jsonOf(log.record), log, deadline));
    } catch (error) {
      // What could not be filtered must not be sent; its message might hold some of it.
      this.#options.reporter.diagOnce(
        'a log could not be built',
        `a log could not be built: ${nameOf(error)}`,
      );
      log.onResult('internal_error');
    }
  }

  #jsonOf(record: Uint8Array): Buffer {
    const { settings } = this.#options;
    const encoder = new LogEncoder();
    const bodies = { ...settings.bodies, verbatim: encoder.verbatim };
    const log = buildLog(readRecord(record), { ...settings, bodies });
    const withheld = withheldBodies(log);
    if (withheld > 0) this.#options.observer.onWithheld(withheld);
    return encoder.encode(log);
  }

  #onProgress(): void {
    if (this.#sender.failing) this.#dropExpired();
    if (!this.#sender.queue.hasEnough) this.#schedule();
    if (!this.#isIdle()) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** While the server fails, logs wait here for longer than they may be sent again. */
  #dropExpired(): void {
    const now = performance.now();
    const expired: Waiting[] = [];
    while ((this.#waiting[this.#next]?.deadline ?? Infinity) <= now) {
      expired.push(this.#takeWaiting());
    }
    this.#giveUp(expired, 'unavailable');
  }

  #giveUpAll(): void {
    this.#sender.giveUp(this.#sender.takeAll(), 'exit');
    this.#giveUp(this.#takeAllWaiting(), 'exit');
    this.#onProgress();
  }

  #giveUp(waiting: readonly Waiting[], cause: 'unavailable' | 'exit'): void {
    if (waiting.length === 0) return;
    if (this.#options.spooling === undefined) {
      for (const { log } of waiting) log.onResult(cause);
      return;
    }
    // What goes to a file has to be filtered like what goes to the server. Logs that are ready already
    // are older still.
    for (const one of waiting) this.#build(one);
    this.#sender.giveUp(this.#sender.queue.takeAll(), cause);
  }

  #isIdle(): boolean {
    return this.#waiting.length === 0 && this.#sender.isIdle;
  }
}
