import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { Lease } from '../capture/byte-budget';
import type { Caller } from '../capture/caller';
import type { Exchange } from '../capture/exchange';
import { encodeExchange } from './attributes';
import type { FinishedSpan } from './sdk-types';

/** What goes with a view and is no attribute. */
export interface Luggage {
  /** Covers the bodies that the view carries. */
  readonly lease: Lease;
  /** The caller's API key, for bodies that can only be searched for it once they are decoded. */
  readonly callerKey: string | undefined;
}

const NO_RESOURCE = { attributes: {}, asyncAttributesPending: false };

const luggage = new WeakMap<object, Luggage>();

/**
 * A view of a span that carries its exchange: all else is the span's own, and the span itself, which
 * others hold, is not touched. The attributes are made when they are first asked for, which is in the
 * background.
 */
export function exchangeSpan(span: FinishedSpan, exchange: Exchange, caller: Caller): ReadableSpan {
  let attributes: Attributes | undefined;
  const view = Object.create(span, {
    // A BatchSpanProcessor waits for a resource whose attributes are pending, and its forceFlush() does not
    // wait for that: the log would be lost at shutdown. A log says nothing of the resource.
    resource: { value: NO_RESOURCE },
    attributes: {
      enumerable: true,
      get: () => {
        if (attributes === undefined) {
          attributes = { ...span.attributes, ...encodeExchange(exchange, caller) };
          exchange.requestBody.drop();
          exchange.responseBody.drop();
        }
        return attributes;
      },
    },
  }) as ReadableSpan;
  luggage.set(view, { lease: exchange.lease, callerKey: caller.secrets.key });
  return view;
}

/** What goes with a view. */
export function luggageOf(span: object): Luggage | undefined {
  return luggage.get(span);
}
