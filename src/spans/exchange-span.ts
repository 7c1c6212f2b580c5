import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { Lease } from '../capture/byte-budget';
import type { Caller } from '../capture/caller';
import type { Exchange } from '../capture/exchange';
import { encodeExchange } from './attributes';
import type { FinishedSpan } from './sdk-types';

const leases = new WeakMap<object, Lease>();

/**
 * A view of a span that carries its exchange: all else is the span's own, and the span itself, which
 * others hold, is not touched. The attributes are made when they are first asked for, which is in the
 * background.
 */
export function exchangeSpan(span: FinishedSpan, exchange: Exchange, caller: Caller): ReadableSpan {
  let attributes: Attributes | undefined;
  const view = Object.create(span, {
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
  leases.set(view, exchange.lease);
  return view;
}

/** The lease that covers the bodies which a view carries. */
export function leaseOf(span: object): Lease | undefined {
  return leases.get(span);
}
