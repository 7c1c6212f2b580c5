import type { ResolvedOptions } from '../options/readme-options';
import type { Warnings } from '../options/warnings';
import { Lease } from '../record/byte-budget';
import type { LossCause } from '../record/drop-reason';
import type { BodyRecord, SpanRecord } from '../record/span-record';
import { decodeSpan } from '../spans/attributes';
import type { ExchangeSpan } from '../spans/exchange-span';
import type { RawExchange } from '../spans/raw-exchange';
import type { FinishedSpan } from '../spans/sdk-types';
import { createPipeline } from './create-pipeline';
import { processExit } from './exit/process-exit';
import { FlushBarrier, type ReadmeDeliveryError } from './flush-barrier';
import { LogCounts, type LogCountsSnapshot } from './log-counts';
import type { Outcome, PendingLog, Pipeline } from './pipeline';

/** What a record holds besides its bodies, texts and headers: objects, strings' heads, its place in queues. */
const RECORD_OVERHEAD_BYTES = 1024;
/** `shutdown()` waits at most so long for a server that takes logs, though slowly. */
const SHUTDOWN_BOUND_MILLIS = 30_000;

/**
 * Takes finished spans over for delivery: keeps within `maxBufferedBytes`, counts what arrives and what
 * does not. Spans that carry no exchange are passed over.
 */
export class Delivery {
  readonly #counts = new LogCounts();
  readonly #pipeline: Pipeline;
  readonly #options: ResolvedOptions;
  readonly #warnings: Warnings;
  #barriers: FlushBarrier[] = [];
  #number = 0;
  #pending = 0;
  #closed = false;

  constructor(options: ResolvedOptions, warnings: Warnings) {
    this.#options = options;
    this.#warnings = warnings;
    this.#pipeline = createPipeline(options, warnings, this.#counts);
    if (options.spoolDirectory !== undefined) setImmediate(() => this.#start()).unref();
  }

  /** Logs that are neither delivered nor lost yet. */
  get pending(): number {
    return this.#pending;
  }

  stats(): LogCountsSnapshot {
    return this.#counts.snapshot(this.#pending);
  }

  /** Counts an exchange that was lost before it came here. */
  lost(cause: LossCause): void {
    this.#counts.dropped(cause);
  }

  /**
   * Takes the exchange that a span has as attributes.
   *
   * @returns a promise of what became of its log; `undefined` for a span without an exchange.
   */
  takeSpan(span: FinishedSpan): Promise<Outcome> | undefined {
    let record: ReturnType<typeof decodeSpan>;
    try {
      record = decodeSpan(span);
    } catch {
      return this.#lose('internal_error');
    }
    if (record === undefined) return undefined;
    if (record === 'cut') return this.#lose('span_limits');
    if (this.#closed) return this.#lose('shutdown');
    const lease = new Lease(this.#options.maxBufferedBytes);
    if (!lease.tryReserve(bytesOfRecord(record))) return this.#lose('buffer_full');
    const source = record;
    return new Promise((resolve) => {
      const log = this.#pendingLog(source, (outcome) => {
        lease.release();
        resolve(outcome);
      });
      this.#add([log]);
    });
  }

  /** Takes exchanges whose bodies are covered by leases of their own, which are released when their logs are settled. */
  takeExchanges(views: readonly ExchangeSpan[]): void {
    const logs: PendingLog[] = [];
    for (const view of views) {
      const { lease } = view;
      try {
        const cause = this.#takeExchange(view, logs);
        if (cause === undefined) continue;
        lease.release();
        this.#counts.dropped(cause);
      } catch {
        lease.release();
        this.#counts.dropped('internal_error');
      }
    }
    this.#add(logs);
  }

  /**
   * Resolves when everything taken before is delivered, kept in `spoolDirectory` or given up on.
   *
   * @throws {ReadmeDeliveryError} when some of it is lost.
   */
  async flush(): Promise<void> {
    if (this.#pending === 0) return;
    // The worker and the timers of retries keep no process alive. One that is about to end has `leave()`.
    const alive = processExit.isAskedFor ? undefined : setInterval(() => {}, 1000);
    const lost = await new Promise<Error | undefined>((resolve) => {
      this.#barriers.push(new FlushBarrier(this.#number, this.#pending, resolve));
    });
    clearInterval(alive);
    if (lost !== undefined) throw lost;
  }

  /** The process is about to leave: delivers, keeps or loses everything within `exitTimeoutMillis`. */
  async leave(boundMillis = this.#options.exitTimeoutMillis): Promise<void> {
    if (this.#pending === 0) return;
    // Listened to at once, because a rejection that nobody listens to ends the process.
    const told = this.flush().catch((lost: ReadmeDeliveryError) => this.#tellLost(lost.message));
    await this.#pipeline.leave({ boundMillis, retryMillis: this.#options.exitTimeoutMillis });
    await told;
  }

  /** The same in an `exit` handler, which must not return before. */
  leaveSync(): void {
    if (this.#pending === 0) return;
    const { exitTimeoutMillis } = this.#options;
    this.#barriers.push(
      new FlushBarrier(this.#number, this.#pending, (lost) => {
        if (lost !== undefined) this.#tellLost(lost.message);
      }),
    );
    this.#pipeline.leaveSync({ boundMillis: exitTimeoutMillis, retryMillis: exitTimeoutMillis });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.leave(Math.max(SHUTDOWN_BOUND_MILLIS, this.#options.exitTimeoutMillis));
    await this.#pipeline.close();
  }

  #tellLost(what: string): void {
    this.#warnings.warnOnce(
      'README_EXIT',
      `${what}. The end of the process is held up for ${this.#options.exitTimeoutMillis} ms at most (exitTimeoutMillis); spoolDirectory keeps such logs.`,
    );
  }

  #start(): void {
    if (!this.#closed) this.#pipeline.start();
  }

  #takeExchange(view: ExchangeSpan, logs: PendingLog[]): LossCause | undefined {
    if (this.#closed) return 'shutdown';
    const { exchange, lease } = view;
    if (!lease.tryReserve(bytesOfMetadata(exchange))) return 'buffer_full';
    logs.push(this.#pendingLog(exchange, () => lease.release()));
    return undefined;
  }

  #add(logs: readonly PendingLog[]): void {
    if (logs.length === 0) return;
    try {
      this.#pipeline.add(logs);
    } catch {
      for (const log of logs) log.settled('internal_error');
    }
  }

  #pendingLog(source: PendingLog['source'], onSettled: (outcome: Outcome) => void): PendingLog {
    const number = ++this.#number;
    this.#pending++;
    return {
      source,
      settled: (outcome) => {
        this.#pending--;
        this.#counts.settled(outcome);
        onSettled(outcome);
        if (this.#barriers.length === 0) return;
        this.#barriers = this.#barriers.filter((barrier) => !barrier.settled(number, outcome));
      },
    };
  }

  #lose(cause: LossCause): Promise<LossCause> {
    this.#counts.dropped(cause);
    return Promise.resolve(cause);
  }
}

function bytesOfMetadata({ url, requestHeaders, headBlock }: RawExchange): number {
  let bytes = RECORD_OVERHEAD_BYTES + url.length + (headBlock?.length ?? 0);
  for (const text of requestHeaders) bytes += text.length;
  return bytes;
}

function bytesOfRecord({ request, response }: SpanRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + request.url.length;
  for (const { headers, body } of [request, response]) {
    for (const { name, value } of headers) bytes += name.length + value.length;
    bytes += bytesOfBody(body);
  }
  return bytes;
}

function bytesOfBody({ text, bytes }: BodyRecord): number {
  return text?.length ?? bytes?.byteLength ?? 0;
}
