import type { ResolvedOptions } from '../options/readme-options';
import type { Warnings } from '../options/warnings';
import { costOf, processBudget } from '../record/byte-budget';
import type { DropReason } from '../record/drop-reason';
import { omittedBodies } from '../record/omitted-bodies';
import { createPipeline } from './create-pipeline';
import { processExit } from './exit/process-exit';
import { FlushBarrier, type ReadmeDeliveryError } from './flush-barrier';
import { LogCounts, type LogStats } from './log-counts';
import type { Outcome, PendingLog, Pipeline } from './pipeline';

/** `shutdown()` waits at most so long for a server that takes logs, though slowly. */
const SHUTDOWN_BOUND_MILLIS = 30_000;

/** Takes records over for delivery, and counts what arrives and what does not. */
export class Delivery {
  readonly #counts: LogCounts;
  readonly #pipeline: Pipeline;
  readonly #options: ResolvedOptions;
  readonly #warnings: Warnings;
  #barriers: FlushBarrier[] = [];
  #number = 0;
  #pending = 0;
  #closed = false;
  readonly #onResult = ({ number, cost }: LogInDelivery, outcome: Outcome): void => {
    this.#pending--;
    processBudget.release(cost);
    this.#counts.settled(outcome);
    if (this.#barriers.length === 0) return;
    this.#barriers = this.#barriers.filter((barrier) => !barrier.settled(number, outcome));
  };

  constructor(options: ResolvedOptions, warnings: Warnings) {
    this.#options = options;
    this.#warnings = warnings;
    this.#counts = new LogCounts(warnings);
    this.#pipeline = createPipeline(options, warnings, this.#counts);
    if (options.spoolDirectory !== undefined) setImmediate(() => this.#start()).unref();
  }

  /** Logs that are neither delivered nor lost yet. */
  get pending(): number {
    return this.#pending;
  }

  stats(): LogStats {
    return this.#counts.snapshot(this.#pending);
  }

  /** Counts an exchange that was lost before it came here. */
  lost(cause: DropReason): void {
    this.#counts.dropped(cause);
  }

  /**
   * Takes records whose cost has been reserved from the process's budget. It is given back when their logs
   * are delivered or lost.
   */
  take(records: readonly Uint8Array[]): void {
    this.#add(records.map((record) => this.#pendingLog(record)));
  }

  /** Takes one record that nothing has been reserved for. @returns a promise of what became of its log. */
  deliver(record: Uint8Array): Promise<Outcome> {
    const cause = this.#closed
      ? 'after_shutdown'
      : processBudget.tryReserve(costOf(record), this.#options.maxBufferedBytes)
        ? undefined
        : 'buffer_full';
    if (cause !== undefined) {
      this.#counts.dropped(cause);
      return Promise.resolve(cause);
    }
    return new Promise((resolve) => this.#add([this.#pendingLog(record, resolve)]));
  }

  /**
   * Resolves when everything taken before is delivered, kept in `spoolDirectory` or given up on.
   *
   * @throws {ReadmeDeliveryError} when some of it is lost.
   */
  async flush(): Promise<void> {
    if (this.#pending === 0) return;
    // The worker and the timers of retries keep no process alive. One that is about to end has `flushBeforeExit()`.
    const alive = processExit.isAskedFor ? undefined : setInterval(() => {}, 1000);
    const lost = await new Promise<Error | undefined>((resolve) => {
      this.#barriers.push(new FlushBarrier(this.#number, this.#pending, resolve));
    });
    clearInterval(alive);
    if (lost !== undefined) throw lost;
  }

  /** The process is about to flushBeforeExit: delivers, keeps or loses everything within `exitTimeoutMillis`. */
  async flushBeforeExit(boundMillis = this.#options.exitTimeoutMillis): Promise<void> {
    if (this.#pending === 0) return;
    // Listened to at once, because a rejection that nobody listens to ends the process.
    const told = this.flush().catch((lost: ReadmeDeliveryError) => this.#tellLost(lost.message));
    await this.#pipeline.flushBeforeExit({
      boundMillis,
      retryMillis: this.#options.exitTimeoutMillis,
    });
    await told;
  }

  /** The same in an `exit` handler, which must not return before. */
  flushSync(): void {
    if (this.#pending === 0) return;
    const { exitTimeoutMillis } = this.#options;
    this.#barriers.push(
      new FlushBarrier(this.#number, this.#pending, (lost) => {
        if (lost !== undefined) this.#tellLost(lost.message);
      }),
    );
    this.#pipeline.flushSync({ boundMillis: exitTimeoutMillis, retryMillis: exitTimeoutMillis });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.flushBeforeExit(Math.max(SHUTDOWN_BOUND_MILLIS, this.#options.exitTimeoutMillis));
    await this.#pipeline.close();
  }

  #tellLost(what: string): void {
    this.#warnings.warnOnce(
      'README_LOGS_LOST',
      `${what}. The end of the process is held up for ${this.#options.exitTimeoutMillis} ms at most (exitTimeoutMillis); spoolDirectory keeps such logs.`,
    );
  }

  #start(): void {
    if (!this.#closed) this.#pipeline.start();
  }

  #add(logs: readonly PendingLog[]): void {
    if (logs.length === 0) return;
    try {
      if (this.#closed) for (const log of logs) log.onResult('after_shutdown');
      else this.#pipeline.add(logs);
    } catch {
      for (const log of logs) log.onResult('internal_error');
    }
  }

  #pendingLog(record: Uint8Array, onResult?: (outcome: Outcome) => void): PendingLog {
    this.#pending++;
    const omitted = omittedBodies(record);
    if (omitted > 0) this.#counts.omitted(omitted);
    return new LogInDelivery(record, ++this.#number, this.#onResult, onResult);
  }
}

/** A log until it is settled. There is one for every exchange: a class, because closures are three objects more. */
class LogInDelivery implements PendingLog {
  record: Uint8Array;
  readonly number: number;
  /** The record may change hands, and has no length then. */
  readonly cost: number;
  readonly #settle: (log: LogInDelivery, outcome: Outcome) => void;
  readonly #onResult: ((outcome: Outcome) => void) | undefined;

  constructor(
    record: Uint8Array,
    number: number,
    settle: (log: LogInDelivery, outcome: Outcome) => void,
    onResult: ((outcome: Outcome) => void) | undefined,
  ) {
    this.record = record;
    this.number = number;
    this.cost = costOf(record);
    this.#settle = settle;
    this.#onResult = onResult;
  }

  onResult(outcome: Outcome): void {
    this.#onResult?.(outcome);
    this.#settle(this, outcome);
  }
}
