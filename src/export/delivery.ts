import { Lease } from '../capture/byte-budget';
import type { LossCause } from '../options/loss-cause';
import type { ResolvedOptions } from '../options/readme-options';
import type { Warnings } from '../options/warnings';
import { decodeSpan } from '../spans/attributes';
import type { Luggage } from '../spans/exchange-span';
import type { FinishedSpan } from '../spans/sdk-types';
import type { SpanRecord } from '../spans/span-record';
import { createLogPipeline } from './create-log-pipeline';
import { LogCounts } from './log-counts';
import type { LogPipeline, Settled } from './log-pipeline';

/** What a record holds besides its bodies, texts and headers: objects, strings' heads, its place in queues. */
const RECORD_OVERHEAD_BYTES = 1024;

/**
 * Takes finished spans over for delivery: decodes them, keeps within `maxBufferedBytes`, counts what
 * arrives and what does not. Spans that carry no exchange are passed over.
 */
export class Delivery {
  readonly counts = new LogCounts();
  readonly #pipeline: LogPipeline;
  readonly #maxBufferedBytes: number;
  #closed = false;

  constructor(options: ResolvedOptions, warnings: Warnings) {
    this.#pipeline = createLogPipeline(options, warnings);
    this.#maxBufferedBytes = options.maxBufferedBytes;
  }

  /**
   * @param span finished span.
   * @param luggage what goes with a span that nobody but this package sees; its lease, which already covers
   * the bodies, is released when the log is settled.
   * @returns a promise of the cause of the loss, `undefined` for a log that was delivered; or `undefined`
   * at once for a span without an exchange.
   */
  take(span: FinishedSpan, luggage?: Luggage): Promise<LossCause | undefined> | undefined {
    const record = this.#decode(span, luggage?.callerKey);
    if (record === undefined) return undefined;
    return new Promise((resolve) => {
      const lease = luggage?.lease ?? new Lease(this.#maxBufferedBytes);
      const settled = (cause: LossCause | undefined) => {
        lease.release();
        if (cause === undefined) this.counts.delivered();
        else this.counts.dropped(cause);
        resolve(cause);
      };
      if (this.#closed) settled('shutdown');
      else if (typeof record === 'string') settled(record);
      else if (!lease.tryReserve(sizeOf(record, luggage === undefined))) settled('buffer_full');
      else this.#add(record, settled);
    });
  }

  #add(record: SpanRecord, settled: Settled): void {
    try {
      this.#pipeline.add(record, settled);
    } catch {
      settled('internal_error');
    }
  }

  #decode(span: FinishedSpan, callerKey?: string): SpanRecord | LossCause | undefined {
    try {
      const record = decodeSpan(span, callerKey);
      return record === 'cut' ? 'span_limits' : record;
    } catch {
      return 'internal_error';
    }
  }

  /** Resolves when everything taken before is delivered or given up on. */
  flush(): Promise<void> {
    return this.#pipeline.flush();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pipeline.flush();
    await this.#pipeline.close();
  }
}

function sizeOf({ request, response }: SpanRecord, withBodies: boolean): number {
  let bytes = RECORD_OVERHEAD_BYTES + request.url.length;
  for (const { headers, body } of [request, response]) {
    for (const { name, value } of headers) bytes += name.length + value.length;
    if (withBodies) bytes += body.text?.length ?? body.bytes?.byteLength ?? 0;
  }
  return bytes;
}
