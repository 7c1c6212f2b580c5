import type { Span } from '@opentelemetry/api';
import { closeExchange } from '../capture/close-exchange';
import type { Exchange, ExchangeObserver, ExchangeTaker } from '../capture/exchange';
import { LogCounts } from '../delivery/log-counts';
import type { ResolvedOptions } from '../options/readme-options';
import type { Warnings } from '../options/warnings';
import type { DropReason } from '../record/drop-reason';
import { writeRecord } from '../record/write-record';
import { CallerMasks } from '../redaction/secrets';
import { encodeRecord } from './attributes';
import type { FilteredAttributes } from './filtered-attributes';
import { loadFilteredAttributes } from './load-filtered-attributes';
import { exchangeOf, ownerOf, setListsOfHooks, unlinkExchange } from './span-exchanges';

/**
 * Puts exchanges on their server spans as attributes, where no ReadmeSpanProcessor has taken the span for
 * itself, and counts those that do not get there.
 */
export class SpanAttributes implements ExchangeObserver, ExchangeTaker {
  readonly #warnings: Warnings;
  readonly #masks = new CallerMasks();
  /** Applies the lists, with `filterSpans`. */
  readonly #filtered: FilteredAttributes | undefined;
  readonly #counts: LogCounts;
  /** Settled in this turn of the event loop. */
  #settled: Exchange[] = [];

  constructor(options: ResolvedOptions, warnings: Warnings) {
    this.#warnings = warnings;
    this.#counts = new LogCounts(warnings);
    if (options.filterSpans) {
      const { FilteredAttributes } = loadFilteredAttributes();
      this.#filtered = new FilteredAttributes(options, this.#masks);
    }
  }

  /** The span has started, with attributes that HttpInstrumentation has made of the request. */
  begin(span: Span): void {
    this.#filtered?.begin(span);
  }

  /** The span is about to end: its response has closed. */
  putOn(span: Span): void {
    const exchange = exchangeOf(span);
    this.#filtered?.end(span, exchange?.caller?.key);
    if (exchange === undefined || ownerOf(span) !== undefined) return;
    closeExchange(exchange);
    exchange.takenBy(this);
    if (exchange.caller !== undefined) {
      const { lists, maxBodyBytes } = exchange.settings;
      setListsOfHooks(span, lists);
      const record = writeRecord(exchange);
      span.setAttributes(
        this.#filtered?.encode(record) ?? encodeRecord(record, this.#masks, maxBodyBytes),
      );
    } else if (exchange.dropReason !== undefined) {
      this.lost(exchange.dropReason);
    } else if (exchange.logged) {
      this.lost('group_pending');
      this.#warnings.warnOnce(
        'README_GROUP_PENDING',
        'the promise of the grouping function was still pending when the span ended, so the exchange is not logged. Put a ReadmeSpanProcessor in place of the BatchSpanProcessor: it waits for the promise.',
      );
    }
    // From here on the span holds what is logged, and its processor's queue is what limits it.
    finish(exchange);
  }

  lost(cause: DropReason): void {
    this.#counts.dropped(cause);
  }

  /** As an observer. As a taker there is nothing left to do. */
  onSettled(exchange: Exchange): void {
    if (exchange.taken) return;
    if (this.#settled.length === 0) setImmediate(() => this.#countUntaken());
    this.#settled.push(exchange);
  }

  /**
   * HttpInstrumentation ends a span early, without `applyCustomAttributesOnSpan`, on a response `error` or
   * a synchronous throw; it never ends the span of a pipelined request whose connection went away first.
   */
  #countUntaken(): void {
    const settled = this.#settled;
    this.#settled = [];
    for (const exchange of settled) {
      if (exchange.taken) continue;
      if (exchange.caller !== undefined) {
        const span = exchange.span as Span | undefined;
        this.lost(span?.isRecording() === true ? 'span_unfinished' : 'span_ended_early');
      } else if (exchange.dropReason !== undefined) {
        this.lost(exchange.dropReason);
      }
      finish(exchange);
    }
  }
}

function finish(exchange: Exchange): void {
  exchange.release();
  unlinkExchange(exchange);
}
