import { INVALID_SPANID, INVALID_TRACEID, type SpanContext, TraceFlags } from '@opentelemetry/api';
import type { FinishedSpan } from './sdk-types';

/** What is needed of a span whose exchange is logged. */
export type CarriedSpan = Pick<FinishedSpan, 'attributes' | 'spanContext'>;

const SAMPLED: SpanContext = {
  traceId: INVALID_TRACEID,
  spanId: INVALID_SPANID,
  // A BatchSpanProcessor drops what is not sampled.
  traceFlags: TraceFlags.SAMPLED,
};

/** For an exchange that has no span: nobody would see it, and the SDK takes 16 µs to make one. */
export const NO_SPAN: CarriedSpan = { attributes: {}, spanContext: () => SAMPLED };

/**
 * A BatchSpanProcessor waits for a resource whose attributes are pending, and its forceFlush() does not
 * wait for that: the log would be lost at shutdown. A log says nothing of the resource.
 */
const NO_RESOURCE = { attributes: {}, asyncAttributesPending: false };

/**
 * Stands for a finished span in the inner BatchSpanProcessor and carries its exchange. The span itself,
 * which others hold, is not touched, and nobody else ever gets this one.
 *
 * A class rather than `Object.create(span)`: that makes every span a prototype, for which V8 drops the
 * shape that all spans share (20 µs a request). And it holds neither span nor request: what an application
 * has put on a request would stay until the batch is full, and be copied by each collection of garbage.
 */
export class ExchangeSpan {
  readonly resource = NO_RESOURCE;
  readonly #context: SpanContext;

  constructor(
    span: CarriedSpan,
    readonly record: Uint8Array,
  ) {
    this.#context = span.spanContext();
  }

  spanContext(): SpanContext {
    return this.#context;
  }
}
