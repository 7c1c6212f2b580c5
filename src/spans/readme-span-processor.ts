import { type Context, SpanKind, TraceFlags } from '@opentelemetry/api';
import type { Exchange } from '../capture/exchange';
import { Delivery } from '../delivery/delivery';
import { type ExitHook, processExit } from '../delivery/exit/process-exit';
import type { LogCountsSnapshot } from '../delivery/log-counts';
import {
  ATTR_HTTP_ROUTE,
  BatchSpanProcessor,
  type SpanBatchExporter,
  type SpanBatches,
} from '../opentelemetry/sdk';
import { listsAsText } from '../options/lists-as-text';
import { nameOf } from '../options/name-of';
import type { ReadmeOptions } from '../options/readme-options';
import { resolveOptions } from '../options/resolve-options';
import { Warnings } from '../options/warnings';
import { costOf, processBudget } from '../record/byte-budget';
import type { LossCause } from '../record/drop-reason';
import { writeRecord } from '../record/write-record';
import { exchangeSource } from './exchange-source';
import { type CarriedSpan, ExchangeSpan, NO_SPAN } from './exchange-span';
import type { FinishedSpan, SpanProcessorLike, StartedSpan } from './sdk-types';
import { claimSpan, exchangeOf, isClaimed, wasSeen } from './span-exchanges';
import { UnsettledExchanges } from './unsettled-exchanges';

/** So long a flush waits for promises of the grouping function. */
const CALLERS_BOUND_MILLIS = 3000;
const HTTP_INSTRUMENTATION = '@opentelemetry/instrumentation-http';

/**
 * A BatchSpanProcessor for ReadMe alone: `bufferLength` logs or `flushIntervalMillis` start a send, and
 * no other processor or exporter of the provider ever sees a body, a header or a group.
 *
 * It logs the exchanges that {@link readmeHttpHooks} (or a `ReadmeInstrumentation`) observe, waits for
 * the end of the response and the promise of the grouping function, and never throws.
 */
export class ReadmeSpanProcessor implements SpanProcessorLike {
  readonly #delivery: Delivery;
  readonly #lists: string;
  readonly #batches: SpanBatches<ExchangeSpan>;
  readonly #warnings = new Warnings();
  readonly #unsettled = new UnsettledExchanges();
  readonly #exitTimeoutMillis: number;
  readonly #maxBufferedBytes: number;
  readonly #exitHook: ExitHook = {
    flushBeforeExit: () => this.flushBeforeExit(),
    flushSync: () => this.#flushSync(),
  };
  /** Exchanges in the inner BatchSpanProcessor. */
  #batched = 0;
  #shutdown: Promise<void> | undefined;
  #closed = false;

  /**
   * @param options settings; `process.env` and defaults fill what is missing.
   * @throws {ReadmeOptionsError} for an option that cannot be used.
   */
  constructor(options: ReadmeOptions = {}) {
    const resolved = resolveOptions(options);
    const delivery = new Delivery(resolved, this.#warnings);
    this.#delivery = delivery;
    this.#lists = listsAsText(resolved);
    this.#exitTimeoutMillis = resolved.exitTimeoutMillis;
    this.#maxBufferedBytes = resolved.maxBufferedBytes;
    this.#batches = new BatchSpanProcessor({
      exporter: this.#handOver(),
      maxExportBatchSize: resolved.bufferLength,
      // A batch is handed over without delay, so the queue holds what one turn of the event loop makes;
      // what it holds counts against maxBufferedBytes.
      maxQueueSize: Number.MAX_SAFE_INTEGER,
      scheduledDelayMillis: resolved.flushIntervalMillis,
      exportTimeoutMillis: 30_000,
    });
    processExit.add(this.#exitHook);
  }

  onStart(span: StartedSpan, _parentContext?: Context): void {
    if (span.kind !== SpanKind.SERVER || claimSpan(span, this)) return;
    this.#warnings.diagOnce(
      'claimed',
      'two ReadmeSpanProcessors: each span is logged by the first of them',
    );
  }

  onEnd(span: FinishedSpan): void {
    try {
      if (!isClaimed(span, this)) return;
      const exchange = exchangeOf(span);
      if (exchange === undefined) this.#missHooks(span);
      else this.#take(span, exchange);
    } catch (error) {
      // An exception from a processor would crash the application.
      this.#warnings.diagOnce('onEnd', `a span could not be taken: ${nameOf(error)}`);
    }
  }

  /**
   * Takes an exchange for which there is no span, at the end of its response.
   *
   * @internal
   */
  take(exchange: Exchange): void {
    try {
      this.#take(NO_SPAN, exchange);
    } catch (error) {
      this.#warnings.diagOnce('take', `an exchange could not be taken: ${nameOf(error)}`);
    }
  }

  /**
   * Resolves when every exchange that has ended before is delivered or given up on, but for those whose
   * grouping promise is still pending after 3 s.
   *
   * @throws {ReadmeDeliveryError} when some of them are lost.
   */
  async forceFlush(): Promise<void> {
    await this.#unsettled.wait(CALLERS_BOUND_MILLIS);
    await this.#batches.forceFlush();
    await this.#delivery.flush();
  }

  /**
   * Delivers what has ended, then closes the connections. A server that does not answer is asked for
   * `exitTimeoutMillis`, one that is slow for 30 s. Exchanges that end later, or whose grouping promise is
   * still pending after 3 s, are dropped and counted. Never rejects.
   */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  /**
   * The process is about to end: delivers what has ended, or gives it up, within `exitTimeoutMillis`. Never
   * rejects.
   *
   * @internal
   */
  async flushBeforeExit(): Promise<void> {
    if (this.#isIdle) return;
    this.#warnings.printAtOnce();
    const started = performance.now();
    await this.#unsettled.wait(this.#exitTimeoutMillis);
    this.#giveUpOnCallers();
    await this.#batches.forceFlush();
    await this.#delivery.flushBeforeExit(
      Math.max(this.#exitTimeoutMillis - (performance.now() - started), 0),
    );
  }

  /** How many logs arrived and how many did not, by cause. */
  stats(): LogCountsSnapshot {
    const { pending, ...counts } = this.#delivery.stats();
    return { ...counts, pending: pending + this.#batched + this.#unsettled.size };
  }

  get #isIdle(): boolean {
    return this.#delivery.pending === 0 && this.#batched === 0 && this.#unsettled.size === 0;
  }

  async #close(): Promise<void> {
    await this.#unsettled.wait(CALLERS_BOUND_MILLIS);
    this.#giveUpOnCallers();
    this.#closed = true;
    await this.#batches.shutdown();
    await this.#delivery.close();
    processExit.delete(this.#exitHook);
  }

  #flushSync(): void {
    if (this.#isIdle) return;
    this.#warnings.printAtOnce();
    try {
      this.#giveUpOnCallers();
      // It exports all that it has before it returns.
      void this.#batches.forceFlush();
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

  #take(span: CarriedSpan, exchange: Exchange): void {
    exchange.taken = true;
    if (exchange.settled) {
      this.#log(span, exchange);
      return;
    }
    const settled = new Promise<void>((resolve) => {
      exchange.whenSettled(() => {
        this.#log(span, exchange);
        resolve();
      });
    });
    // A response that is still open after its span has ended may stay so: nobody can wait for that.
    if (!exchange.closed) return;
    this.#unsettled.add(exchange, settled);
  }

  #log(span: CarriedSpan, exchange: Exchange): void {
    try {
      const cause = this.#lossCause(exchange);
      if (cause === undefined && exchange.caller !== undefined) {
        const route = span.attributes[ATTR_HTTP_ROUTE];
        const record = writeRecord(exchangeSource(exchange, exchange.caller, route));
        exchange.release();
        if (!processBudget.tryReserve(costOf(record), this.#maxBufferedBytes)) {
          this.#delivery.lost('buffer_full');
          return;
        }
        const view = new ExchangeSpan(span, record);
        this.#batched++;
        this.#batches.onEnd(view);
        return;
      }
      if (cause !== undefined) this.#delivery.lost(cause);
      exchange.release();
    } catch (error) {
      this.#delivery.lost('internal_error');
      exchange.release();
      this.#warnings.diagOnce('log', `an exchange could not be logged: ${nameOf(error)}`);
    }
  }

  #lossCause(exchange: Exchange): LossCause | undefined {
    if (exchange.caller === undefined) return exchange.lossCause;
    if (this.#closed) return 'shutdown';
    if (exchange.lists === this.#lists) return undefined;
    this.#warnings.warnOnce(
      'README_LISTS_DIFFER',
      'readmeHttpHooks and ReadmeSpanProcessor have different denylists or allowlists: nothing is logged. Give both the same options.',
    );
    return 'lists_differ';
  }

  #missHooks(span: FinishedSpan): void {
    const sampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
    if (!sampled || wasSeen(span) || span.instrumentationScope?.name !== HTTP_INSTRUMENTATION)
      return;
    this.#warnings.warnOnce(
      'README_HOOKS_MISSING',
      'ReadmeSpanProcessor got a server span of HttpInstrumentation that readmeHttpHooks have not seen: nothing is logged. Configure new HttpInstrumentation(readmeHttpHooks(options)), or use ReadmeInstrumentation.',
    );
  }

  /**
   * The exporter of the inner BatchSpanProcessor. It reports success at once: a BatchSpanProcessor exports
   * one batch at a time, and waiting for ReadMe's answer would cap the throughput at a batch a round trip.
   * What becomes of the logs is counted by the delivery.
   */
  #handOver(): SpanBatchExporter<ExchangeSpan> {
    return {
      export: (views, resultCallback) => {
        this.#batched -= views.length;
        this.#delivery.take(views.map(({ record }) => record));
        resultCallback({ code: 0 });
      },
      shutdown: () => Promise.resolve(),
    };
  }
}
