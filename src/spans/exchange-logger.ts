import type { Exchange, ExchangeTaker } from '../capture/exchange';
import { Delivery } from '../delivery/delivery';
import { type ExitHook, processExit } from '../delivery/exit/process-exit';
import type { LogStats } from '../delivery/log-counts';
import { listsAsText } from '../options/lists-as-text';
import { nameOf } from '../options/name-of';
import type { ResolvedOptions } from '../options/readme-options';
import type { Warnings } from '../options/warnings';
import { costOf, processBudget } from '../record/byte-budget';
import type { DropReason } from '../record/drop-reason';
import { writeRecord } from '../record/write-record';
import { RecordBatches } from './record-batches';
import { unlinkExchange } from './span-exchanges';
import { UnsettledExchanges } from './unsettled-exchanges';

/** So long a flush waits for promises of the grouping function. */
const CALLERS_BOUND_MILLIS = 3000;

/**
 * Waits for exchanges to be settled, writes their records and hands these over in batches; what is not logged
 * is counted.
 */
export class ExchangeLogger implements ExchangeTaker {
  readonly #delivery: Delivery;
  readonly #batches: RecordBatches;
  readonly #unsettled = new UnsettledExchanges();
  readonly #warnings: Warnings;
  /** Denylist and allowlist as text. */
  readonly lists: string;
  readonly #exitTimeoutMillis: number;
  readonly #maxBufferedBytes: number;
  readonly #exitHook: ExitHook = {
    flushBeforeExit: () => this.flushBeforeExit(),
    flushSync: () => this.#flushSync(),
  };
  #closed = false;

  constructor(options: ResolvedOptions, warnings: Warnings) {
    this.#delivery = new Delivery(options, warnings);
    this.#batches = new RecordBatches(this.#delivery, options);
    this.#warnings = warnings;
    this.lists = listsAsText(options);
    this.#exitTimeoutMillis = options.exitTimeoutMillis;
    this.#maxBufferedBytes = options.maxBufferedBytes;
    processExit.add(this.#exitHook);
  }

  take(exchange: Exchange): void {
    // A response that is still open after its span has ended may stay so: nothing can wait for that.
    if (exchange.awaitsCaller) this.#unsettled.add(exchange);
    exchange.takenBy(this);
  }

  onSettled(exchange: Exchange): void {
    this.#unsettled.delete(exchange);
    try {
      this.#log(exchange);
    } catch (error) {
      this.#delivery.lost('internal_error');
      this.#warnings.diagOnce('log', `an exchange could not be logged: ${nameOf(error)}`);
    }
    exchange.release();
    unlinkExchange(exchange);
  }

  /** Counts an exchange that is lost before it could be taken. */
  lost(cause: DropReason): void {
    this.#delivery.lost(cause);
  }

  /** @throws {ReadmeDeliveryError} when logs are lost. */
  async flush(): Promise<void> {
    await this.#unsettled.wait(CALLERS_BOUND_MILLIS);
    await this.#batches.flush();
    await this.#delivery.flush();
  }

  /** The process is about to end: delivers what has ended, or gives it up, within `exitTimeoutMillis`. */
  async flushBeforeExit(): Promise<void> {
    if (this.#isIdle) return;
    this.#warnings.printAtOnce();
    const started = performance.now();
    await this.#unsettled.wait(this.#exitTimeoutMillis);
    this.#giveUpOnCallers();
    await this.#batches.flush();
    await this.#delivery.flushBeforeExit(
      Math.max(this.#exitTimeoutMillis - (performance.now() - started), 0),
    );
  }

  async close(): Promise<void> {
    await this.#unsettled.wait(CALLERS_BOUND_MILLIS);
    this.#giveUpOnCallers();
    this.#closed = true;
    await this.#batches.close();
    await this.#delivery.close();
    processExit.delete(this.#exitHook);
  }

  stats(): LogStats {
    const { pending, ...counts } = this.#delivery.stats();
    return { ...counts, pending: pending + this.#batches.size + this.#unsettled.size };
  }

  get #isIdle(): boolean {
    return this.#delivery.pending === 0 && this.#batches.size === 0 && this.#unsettled.size === 0;
  }

  #flushSync(): void {
    if (this.#isIdle) return;
    this.#warnings.printAtOnce();
    try {
      this.#giveUpOnCallers();
      void this.#batches.flush();
      this.#delivery.flushSync();
    } catch (error) {
      this.#warnings.diagOnce('exit', `logs were lost at exit: ${nameOf(error)}`);
    }
  }

  #giveUpOnCallers(): void {
    const { size } = this.#unsettled;
    if (size === 0) return;
    this.#warnings.warnOnce(
      'README_GROUP_PENDING',
      `${size} logs are lost: the promise of the grouping function was still pending when the process, or the processor, had to end.`,
    );
    this.#unsettled.giveUp();
  }

  #log(exchange: Exchange): void {
    const dropReason = this.#dropReason(exchange);
    if (dropReason !== undefined) {
      this.#delivery.lost(dropReason);
    } else if (exchange.caller !== undefined) {
      const record = writeRecord(exchange);
      // The record takes the place of what the exchange has held.
      exchange.release();
      if (processBudget.tryReserve(costOf(record), this.#maxBufferedBytes))
        this.#batches.add(record);
      else this.#delivery.lost('buffer_full');
    }
  }

  #dropReason(exchange: Exchange): DropReason | undefined {
    if (exchange.caller === undefined) return exchange.dropReason;
    if (this.#closed) return 'after_shutdown';
    if (exchange.settings.lists === this.lists) return undefined;
    this.#warnings.warnOnce(
      'README_LISTS_DIFFER',
      'readmeHttpHooks and ReadmeSpanProcessor have different denylists or allowlists: nothing is logged. Give both the same options.',
    );
    return 'lists_differ';
  }
}
