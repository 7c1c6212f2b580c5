import type { ReadmeOptions } from '../options/readme-options';
import { resolveOptions } from '../options/resolve-options';
import { Warnings } from '../options/warnings';
import type { ExportResult, FinishedSpan, SpanExporterLike } from '../spans/sdk-types';
import { Delivery } from './delivery';
import type { LogCountsSnapshot } from './log-counts';

/**
 * Sends the exchanges on finished server spans to ReadMe: the `SpanExporter` behind any
 * BatchSpanProcessor of SDK 2.x or 3.x whose provider's HttpInstrumentation has {@link readmeHttpHooks}.
 *
 * Spans without an exchange are passed over. An export succeeds when every log of it was delivered.
 */
export class ReadmeSpanExporter implements SpanExporterLike {
  readonly #delivery: Delivery;

  /**
   * @param options settings; `process.env` and defaults fill what is missing.
   * @throws {ReadmeOptionsError} for an option that cannot be used.
   */
  constructor(options: ReadmeOptions = {}) {
    this.#delivery = new Delivery(resolveOptions(options), new Warnings());
  }

  export(spans: FinishedSpan[], resultCallback: (result: ExportResult) => void): void {
    this.#export(spans).then(resultCallback, (error: Error) => resultCallback({ code: 1, error }));
  }

  /** Resolves when every exported log is delivered or given up on. */
  forceFlush(): Promise<void> {
    return this.#delivery.flush();
  }

  /** Delivers what was exported, then closes the connections; later exports are dropped and counted. */
  shutdown(): Promise<void> {
    return this.#delivery.close();
  }

  /** How many logs arrived and how many did not, by cause. */
  stats(): LogCountsSnapshot {
    return this.#delivery.counts.snapshot();
  }

  async #export(spans: FinishedSpan[]): Promise<ExportResult> {
    const causes = await Promise.all(spans.map((span) => this.#delivery.takeSpan(span)));
    const lost = causes.filter((cause) => cause !== undefined);
    if (lost.length === 0) return { code: 0 };
    const error = new Error(
      `${lost.length} logs were not delivered to ReadMe: ${[...new Set(lost)].join(', ')}`,
    );
    return { code: 1, error };
  }
}
