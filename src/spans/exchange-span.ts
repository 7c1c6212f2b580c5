import {
  type Attributes,
  INVALID_SPANID,
  INVALID_TRACEID,
  type SpanContext,
  TraceFlags,
} from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { Caller } from '../capture/caller';
import type { Exchange } from '../capture/exchange';
import { type RawExchange, rawExchange } from './raw-exchange';
import type { FinishedSpan } from './sdk-types';

/**
 * A BatchSpanProcessor waits for a resource whose attributes are pending, and its forceFlush() does not
 * wait for that: the log would be lost at shutdown. A log says nothing of the resource.
 */
const NO_RESOURCE = { attributes: {}, asyncAttributesPending: false };

/** What a view shows of its span. */
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
 * A view of a finished span that carries its exchange through the inner BatchSpanProcessor. The span
 * itself, which others hold, is not touched, and nobody else ever gets the view.
 *
 * A class rather than `Object.create(span)`: that makes every span a prototype, for which V8 drops the
 * shape that all spans share (20 µs a request).
 */
export class ExchangeSpan {
  readonly resource = NO_RESOURCE;
  readonly #span: CarriedSpan;
  readonly #caller: Caller;

  constructor(
    span: CarriedSpan,
    readonly exchange: Exchange,
    caller: Caller,
  ) {
    this.#span = span;
    this.#caller = caller;
  }

  get attributes(): Attributes {
    return this.#span.attributes;
  }

  spanContext(): SpanContext {
    return this.#span.spanContext();
  }

  /** The exchange as plain data; its captured bytes are then only there. */
  takeExchange(): RawExchange {
    return rawExchange(this.exchange, this.#caller, this.#span);
  }

  /** The view as the SDK's types want it; a BatchSpanProcessor reads nothing of a span but the above. */
  asReadableSpan(): ReadableSpan {
    return this as unknown as ReadableSpan;
  }
}
