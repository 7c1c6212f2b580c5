import type { Exchange } from '../capture/exchange';

/** A finished span as a plain object key: hooks, `onStart`, `onEnd` and exporters get the identical object. */
type SpanKey = object;

const exchanges = new WeakMap<SpanKey, Exchange>();
const claims = new WeakMap<SpanKey, object>();
const seen = new WeakSet<SpanKey>();

/** Ties an exchange to the server span that stands for it. */
export function linkExchange(span: SpanKey, exchange: Exchange): void {
  exchanges.set(span, exchange);
}

/** The exchange of a span. */
export function exchangeOf(span: SpanKey): Exchange | undefined {
  return exchanges.get(span);
}

/**
 * A processor takes a span for itself: hooks leave such a span bare, and no other processor logs it.
 *
 * @returns false when another one was first.
 */
export function claimSpan(span: SpanKey, owner: object): boolean {
  if (claims.has(span)) return claims.get(span) === owner;
  claims.set(span, owner);
  return true;
}

/** Whether a processor has taken the span, or the given one has. */
export function isClaimed(span: SpanKey, owner?: object): boolean {
  return owner === undefined ? claims.has(span) : claims.get(span) === owner;
}

/** Remembers that the hooks ran for a span, whether or not they found something to log. */
export function markSeen(span: SpanKey): void {
  seen.add(span);
}

export function wasSeen(span: SpanKey): boolean {
  return seen.has(span);
}
