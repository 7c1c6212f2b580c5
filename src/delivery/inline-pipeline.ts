import { clearTimeout, setTimeout } from 'node:timers';
import { type FinalFlush, SPOOLING_SHARE } from './exit/final-flush';
import type { PendingLog, Pipeline } from './pipeline';
import { LogSender, type LogSenderOptions } from './sender/log-sender';
import { WaitingLog } from './sender/waiting-log';

export interface InlinePipelineOptions extends Omit<LogSenderOptions, 'onProgress'> {
  /** Milliseconds for which a log is sent again after failures. */
  readonly retryTimeoutMillis: number;
  /** Delivers logs while this thread is blocked; `undefined` where nothing can. */
  readonly deliverBlocking: DeliverBlocking | undefined;
}

export type DeliverBlocking = (logs: readonly PendingLog[], flush: FinalFlush) => void;

/** Makes logs and sends them on the thread that it is made on: the worker, or the application's own. */
export class InlinePipeline implements Pipeline {
  readonly #options: InlinePipelineOptions;
  readonly #sender: LogSender;
  #idle: (() => void)[] = [];

  constructor(options: InlinePipelineOptions) {
    this.#options = options;
    this.#sender = new LogSender({ ...options, onProgress: () => this.#onProgress() });
  }

  add(logs: readonly PendingLog[]): void {
    const deadline = performance.now() + this.#options.retryTimeoutMillis;
    this.#sender.add(logs.map((log) => new WaitingLog(log, deadline)));
  }

  start(): void {
    this.#options.spooling?.serverAnswers();
  }

  async flushBeforeExit(flush: FinalFlush): Promise<void> {
    if (this.#sender.isIdle) return;
    const end = performance.now() + flush.boundMillis;
    if (!this.#sender.isQuietFor(flush.retryMillis)) {
      this.#sender.startFinalFlush(flush);
      await this.#idleWithin(this.#sendingMillis(flush));
    }
    await this.#sender.giveUpAllInSlices('shutdown_timeout', end);
    this.#sender.endFinalFlush();
  }

  flushSync(flush: FinalFlush): void {
    const { deliverBlocking } = this.#options;
    const isHopeless = flush.boundMillis <= 0 || this.#sender.isQuietFor(flush.retryMillis);
    if (deliverBlocking === undefined || isHopeless) {
      this.#sender.giveUpAll('shutdown_timeout', performance.now() + flush.boundMillis);
      return;
    }
    const left = this.#sender.takeAll();
    if (left.length === 0) return;
    const pending = left.map((log) => ({
      record: log.record,
      onResult: log.settle.bind(log),
    }));
    deliverBlocking(pending, flush);
  }

  async close(): Promise<void> {
    this.#sender.giveUpAll('shutdown_timeout', performance.now());
    this.#options.spooling?.close();
    await this.#options.client.close();
  }

  /** What is left of the time is for making the rest of the logs and writing them to files. */
  #sendingMillis({ boundMillis }: FinalFlush): number {
    return this.#options.spooling === undefined ? boundMillis : boundMillis * (1 - SPOOLING_SHARE);
  }

  async #idleWithin(millis: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, millis);
    });
    await Promise.race([new Promise<void>((resolve) => this.#idle.push(resolve)), over]);
    clearTimeout(timer);
  }

  #onProgress(): void {
    if (!this.#sender.isIdle) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
