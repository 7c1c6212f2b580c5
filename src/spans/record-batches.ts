import type { Delivery } from '../delivery/delivery';
import { BatchSpanProcessor, type SpanBatchExporter, type SpanBatches } from '../opentelemetry/sdk';
import { ExchangeSpan } from './exchange-span';

export interface BatchSize {
  /** Records that start a send. */
  readonly bufferLength: number;
  readonly flushIntervalMillis: number;
}

/** Collects records in a BatchSpanProcessor and hands them over for delivery. */
export class RecordBatches {
  readonly #delivery: Delivery;
  readonly #processor: SpanBatches<ExchangeSpan>;
  #size = 0;

  constructor(delivery: Delivery, { bufferLength, flushIntervalMillis }: BatchSize) {
    this.#delivery = delivery;
    this.#processor = new BatchSpanProcessor({
      exporter: this.#exporter(),
      maxExportBatchSize: bufferLength,
      // A batch is handed over without delay, so the queue holds what one turn of the event loop makes;
      // what it holds counts against maxBufferedBytes.
      maxQueueSize: Number.MAX_SAFE_INTEGER,
      scheduledDelayMillis: flushIntervalMillis,
      exportTimeoutMillis: 30_000,
    });
  }

  /** Records that have not been handed over. */
  get size(): number {
    return this.#size;
  }

  add(record: Uint8Array): void {
    this.#size++;
    this.#processor.onEnd(new ExchangeSpan(record));
  }

  /** Hands over all that there is before it returns. */
  flush(): Promise<void> {
    return this.#processor.forceFlush();
  }

  close(): Promise<void> {
    return this.#processor.shutdown();
  }

  /**
   * It reports success at once: a BatchSpanProcessor exports one batch at a time, and waiting for ReadMe's
   * answer would cap the throughput at a batch a round trip. What becomes of the logs is counted by the
   * delivery.
   */
  #exporter(): SpanBatchExporter<ExchangeSpan> {
    return {
      export: (spans, resultCallback) => {
        this.#size -= spans.length;
        this.#delivery.take(spans.map(({ record }) => record));
        resultCallback({ code: 0 });
      },
      shutdown: () => Promise.resolve(),
    };
  }
}
