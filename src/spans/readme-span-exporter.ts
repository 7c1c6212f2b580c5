import { setTimeout as sleep } from 'node:timers/promises';
import { Delivery } from '../delivery/delivery';
import { type ExitHook, processExit } from '../delivery/exit/process-exit';
import type { LogStats } from '../delivery/log-counts';
import type { Outcome } from '../delivery/pipeline';
import { listsAsText } from '../options/lists-as-text';
import { optionsAtStart } from '../options/options-at-start';
import type { ReadmeOptions } from '../options/readme-options';
import { Warnings } from '../options/warnings';
import type { DropReason } from '../record/drop-reason';
import { decodeSpan } from './attributes';
import { listsAgree } from './lists-agree';
import type { ExportResult, FinishedSpan, SpanExporterLike } from './sdk-types';

/**
 * Sends the exchanges on finished server spans to ReadMe: the `SpanExporter` behind any
 * BatchSpanProcessor of SDK 2.x or 3.x whose provider's HttpInstrumentation has {@link readmeHttpHooks}.
 *
 * Spans without an exchange are passed over. An export succeeds when every log of it was delivered, or is
 * still on its way after `timeoutMillis`: a BatchSpanProcessor exports one batch at a time, and must not
 * drop spans because one is being repeated.
 */
export class ReadmeSpanExporter implements SpanExporterLike {
  readonly #delivery: Delivery;
  readonly #timeoutMillis: number;
  readonly #lists: string;
  readonly #warnings = new Warnings();
  readonly #exitHook: ExitHook = {
    flushBeforeExit: () => {
      this.#warnings.printAtOnce();
      return this.#delivery.flushBeforeExit();
    },
    flushSync: () => {
      this.#warnings.printAtOnce();
      this.#delivery.flushSync();
    },
  };

  /**
   * @param options settings; `process.env` and defaults fill what is missing.
   * @throws {ReadmeOptionsError} for an option that cannot be used.
   */
  constructor(options: ReadmeOptions = {}) {
    const resolved = optionsAtStart(options, this.#warnings);
    this.#delivery = new Delivery(resolved, this.#warnings);
    this.#timeoutMillis = resolved.timeoutMillis;
    this.#lists = listsAsText(resolved);
    processExit.add(this.#exitHook);
  }

  export(spans: FinishedSpan[], resultCallback: (result: ExportResult) => void): void {
    this.#export(spans).then(resultCallback, (error: Error) => resultCallback({ code: 1, error }));
  }

  /**
   * Resolves when every exported log is delivered or given up on.
   *
   * @throws {ReadmeDeliveryError} when some of them are lost.
   */
  forceFlush(): Promise<void> {
    return this.#delivery.flush();
  }

  /** Delivers what was exported, then closes the connections; later exports are dropped and counted. */
  async shutdown(): Promise<void> {
    await this.#delivery.close();
    processExit.delete(this.#exitHook);
  }

  /** How many logs arrived and how many did not, by cause. */
  stats(): LogStats {
    return this.#delivery.stats();
  }

  /** @returns a promise of what became of the log; `undefined` for a span without an exchange. */
  #takeSpan(span: FinishedSpan): Promise<Outcome> | undefined {
    let record: ReturnType<typeof decodeSpan>;
    try {
      record = decodeSpan(span);
    } catch {
      return this.#lose('internal_error');
    }
    if (record === undefined) return undefined;
    if (!listsAgree(span, this.#lists)) {
      this.#warnings.warnOnce(
        'README_LISTS_DIFFER',
        'readmeHttpHooks and ReadmeSpanExporter have different denylists or allowlists: nothing is logged. Give both the same options.',
      );
      return this.#lose('lists_differ');
    }
    return record === 'cut' ? this.#lose('span_limits') : this.#delivery.deliver(record);
  }

  #lose(cause: DropReason): Promise<DropReason> {
    this.#delivery.lost(cause);
    return Promise.resolve(cause);
  }

  async #export(spans: FinishedSpan[]): Promise<ExportResult> {
    const outcomes = Promise.all(spans.map((span) => this.#takeSpan(span)));
    const settled = await Promise.race([
      outcomes,
      sleep(this.#timeoutMillis, undefined, { ref: false }),
    ]);
    const lost = (settled ?? []).filter(
      (outcome) => outcome !== undefined && outcome !== 'delivered' && outcome !== 'spooled',
    );
    if (lost.length === 0) return { code: 0 };
    const error = new Error(
      `${lost.length} logs were not delivered to ReadMe: ${[...new Set(lost)].join(', ')}`,
    );
    return { code: 1, error };
  }
}
