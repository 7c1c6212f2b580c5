import { type Context, SpanKind, TraceFlags } from '@opentelemetry/api';
import { dropIfUncovered } from '../capture/differing-lists';
import type { Exchange } from '../capture/exchange';
import type { LogStats } from '../delivery/log-counts';
import { ATTR_HTTP_ROUTE } from '../opentelemetry/sdk';
import { listsCover } from '../options/lists-as-text';
import { nameOf } from '../options/name-of';
import { optionsAtStart } from '../options/options-at-start';
import type { ReadmeOptions } from '../options/readme-options';
import { Warnings } from '../options/warnings';
import type { DropReason } from '../record/drop-reason';
import { ExchangeLogger } from './exchange-logger';
import type { FinishedSpan, SpanProcessorLike, StartedSpan } from './sdk-types';
import {
  addRival,
  claimSpan,
  exchangeOf,
  isClaimed,
  listsOfRival,
  ownerOf,
  type SpanOwner,
  wasSeen,
} from './span-exchanges';

const HTTP_INSTRUMENTATION = '@opentelemetry/instrumentation-http';

/**
 * A BatchSpanProcessor for ReadMe alone: `bufferLength` logs or `flushIntervalMillis` start a send, and
 * no other processor or exporter of the provider ever sees a body, a header or a group.
 *
 * It logs the exchanges that {@link readmeHttpHooks} (or a `ReadmeInstrumentation`) observe, waits for
 * the end of the response and the promise of the grouping function, and never throws.
 */
export class ReadmeSpanProcessor implements SpanProcessorLike, SpanOwner {
  readonly #warnings = new Warnings();
  readonly #logger: ExchangeLogger;
  #shutdown: Promise<void> | undefined;

  /**
   * @param options settings; `process.env` and defaults fill what is missing.
   * @throws {ReadmeOptionsError} for an option that cannot be used.
   */
  constructor(options: ReadmeOptions = {}) {
    this.#logger = new ExchangeLogger(optionsAtStart(options, this.#warnings), this.#warnings);
  }

  /** @internal */
  get lists(): string {
    return this.#logger.lists;
  }

  onStart(span: StartedSpan, _parentContext?: Context): void {
    if (span.kind !== SpanKind.SERVER || claimSpan(span, this)) return;
    const first = ownerOf(span)?.lists;
    if (first !== undefined && !listsCover(first, this.lists)) addRival(span, this.lists);
    this.#warnings.diagOnce(
      'claimed',
      'two ReadmeSpanProcessors: each span is logged by the first of them',
    );
  }

  onEnd(span: FinishedSpan): void {
    try {
      if (!isClaimed(span, this)) return;
      const exchange = exchangeOf(span);
      if (exchange === undefined) {
        this.#missHooks(span);
        return;
      }
      const route = span.attributes[ATTR_HTTP_ROUTE];
      if (typeof route === 'string' && route !== '') exchange.route = route;
      const rival = listsOfRival(span);
      if (rival !== undefined) dropIfUncovered(exchange, rival);
      this.take(exchange);
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
      this.#logger.take(exchange);
    } catch (error) {
      this.#warnings.diagOnce('take', `an exchange could not be taken: ${nameOf(error)}`);
    }
  }

  /**
   * Counts an exchange that nothing can be taken of.
   *
   * @internal
   */
  lost(cause: DropReason): void {
    this.#logger.lost(cause);
  }

  /**
   * Resolves when every exchange that has ended before is delivered or given up on, but for those whose
   * grouping promise is still pending after 3 s.
   *
   * @throws {ReadmeDeliveryError} when some of them are lost.
   */
  forceFlush(): Promise<void> {
    return this.#logger.flush();
  }

  /**
   * Delivers what has ended, then closes the connections. A server that does not answer is asked for
   * `exitTimeoutMillis`, one that is slow for 30 s. Exchanges that end later, or whose grouping promise is
   * still pending after 3 s, are dropped and counted. Never rejects.
   */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#logger.close();
    return this.#shutdown;
  }

  /**
   * The process is about to end: delivers what has ended, or gives it up, within `exitTimeoutMillis`. Never
   * rejects.
   *
   * @internal
   */
  flushBeforeExit(): Promise<void> {
    return this.#logger.flushBeforeExit();
  }

  /** How many logs arrived and how many did not, by cause. */
  stats(): LogStats {
    return this.#logger.stats();
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
}
