import { Lease } from '../capture/byte-budget';
import type { LossCause } from '../options/loss-cause';
import type { ResolvedOptions } from '../options/readme-options';
import type { Warnings } from '../options/warnings';
import { decodeSpan } from '../spans/attributes';
import type { ExchangeSpan } from '../spans/exchange-span';
import type { FinishedSpan } from '../spans/sdk-types';
import type { BodyRecord, SpanRecord } from '../spans/span-record';
import { createLogPipeline } from './create-log-pipeline';
import { LogCounts } from './log-counts';
import type { LogPipeline } from './log-pipeline';

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
   * Takes the exchange that a span has as attributes.
   *
   * @returns a promise of the cause of the loss, `undefined` for a log that was delivered; or `undefined`
   * at once for a span without an exchange.
   */
  takeSpan(span: FinishedSpan): Promise<LossCause | undefined> | undefined {
    let record: ReturnType<typeof decodeSpan>;
    try {
      record = decodeSpan(span);
    } catch {
      return this.#lose('internal_error');
    }
    if (record === undefined) return undefined;
    if (record === 'cut') return this.#lose('span_limits');
    const lease = new Lease(this.#maxBufferedBytes);
    return this.#deliver(record, lease, bodyBytes(record));
  }

  /** Takes an exchange whose bodies are covered by its own lease, which is released when its log is settled. */
  takeExchange(view: ExchangeSpan): Promise<LossCause | undefined> {
    const { lease } = view.exchange;
    try {
      return this.#deliver(view.takeRecord(), lease, 0);
    } catch {
      return this.#lose('internal_error', lease);
    }
  }

  #deliver(record: SpanRecord, lease: Lease, moreBytes: number): Promise<LossCause | undefined> {
    if (this.#closed) return this.#lose('shutdown', lease);
    if (!lease.tryReserve(metadataBytes(record) + moreBytes))
      return this.#lose('buffer_full', lease);
    return new Promise((resolve) => {
      const settled = (cause: LossCause | undefined) => {
        lease.release();
        if (cause === undefined) this.counts.delivered();
        else this.counts.dropped(cause);
        resolve(cause);
      };
      try {
        this.#pipeline.add(record, settled);
      } catch {
        settled('internal_error');
      }
    });
  }

  #lose(cause: LossCause, lease?: Lease): Promise<LossCause> {
    lease?.release();
    this.counts.dropped(cause);
    return Promise.resolve(cause);
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

function metadataBytes({ request, response }: SpanRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + request.url.length;
  for (const { headers } of [request, response]) {
    for (const { name, value } of headers) bytes += name.length + value.length;
  }
  return bytes;
}

function bodyBytes({ request, response }: SpanRecord): number {
  const bytesOf = ({ text, bytes }: BodyRecord) => text?.length ?? bytes?.byteLength ?? 0;
  return bytesOf(request.body) + bytesOf(response.body);
}
