import { INVALID_SPANID, INVALID_TRACEID, type SpanContext, TraceFlags } from '@opentelemetry/api';
import type { BatchedSpan } from '../opentelemetry/sdk';

/** A BatchSpanProcessor drops what is not sampled. */
const SAMPLED: SpanContext = {
  traceId: INVALID_TRACEID,
  spanId: INVALID_SPANID,
  traceFlags: TraceFlags.SAMPLED,
};

/**
 * A BatchSpanProcessor waits for a resource whose attributes are pending, and its forceFlush() does not
 * wait for that: the log would be lost at shutdown. A log says nothing of the resource.
 */
const NO_RESOURCE = { attributes: {}, asyncAttributesPending: false };

/**
 * Stands for a finished span in the inner BatchSpanProcessor and carries its exchange. The span itself,
 * which others hold, is not touched, and this one is not given to anyone else. It holds neither span nor
 * request: what an application has put on a request would stay until the batch is full.
 */
export class ExchangeSpan implements BatchedSpan {
  readonly record: Uint8Array;

  constructor(record: Uint8Array) {
    this.record = record;
  }

  get resource(): typeof NO_RESOURCE {
    return NO_RESOURCE;
  }

  spanContext(): SpanContext {
    return SAMPLED;
  }
}
