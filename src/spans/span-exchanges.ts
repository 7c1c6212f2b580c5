import type { Exchange } from '../capture/exchange';
import type { DropReason } from '../record/drop-reason';

/** A finished span as a plain object key: hooks, `onStart`, `onEnd` and exporters get the identical object. */
type SpanKey = object;

/** A processor that takes server spans for itself. */
export interface SpanOwner {
  /** Its denylist and allowlist as text. */
  readonly lists: string;
  /** Counts an exchange of such a span that is lost before its end. */
  lost(cause: DropReason): void;
}

const exchanges = new WeakMap<SpanKey, Exchange>();
const owners = new WeakMap<SpanKey, SpanOwner>();
const seen = new WeakSet<SpanKey>();
/** By the hooks that have put an exchange on a span. */
const listsOfHooks = new WeakMap<SpanKey, string>();
const rivals = new WeakMap<SpanKey, string>();

/** Ties an exchange to the server span that stands for it. */
export function linkExchange(span: SpanKey, exchange: Exchange): void {
  exchanges.set(span, exchange);
  exchange.span = span;
}

/** Whatever was to be done about the exchange of a span is done; other exporters may hold the span for long. */
export function unlinkExchange(exchange: Exchange): void {
  if (exchange.span === undefined) return;
  exchanges.delete(exchange.span);
  exchange.span = undefined;
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
export function claimSpan(span: SpanKey, owner: SpanOwner): boolean {
  const first = owners.get(span);
  if (first !== undefined) return first === owner;
  owners.set(span, owner);
  return true;
}

/** Remembers the lists of a processor that was not the first, and hides what that one does not. */
export function addRival(span: SpanKey, lists: string): void {
  rivals.set(span, lists);
}

/** The lists of a processor that would have taken the span too, but for the first. */
export function listsOfRival(span: SpanKey): string | undefined {
  return rivals.get(span);
}

/** The processor that has taken the span for itself. */
export function ownerOf(span: SpanKey): SpanOwner | undefined {
  return owners.get(span);
}

/** Whether the given processor has taken the span for itself. */
export function isClaimed(span: SpanKey, owner: SpanOwner): boolean {
  return owners.get(span) === owner;
}

/** Remembers the lists of the hooks that have put an exchange on a span. */
export function setListsOfHooks(span: SpanKey, lists: string): void {
  listsOfHooks.set(span, lists);
}

/** The lists of the hooks that have put an exchange on a span; `undefined` also when that was in another process. */
export function getListsOfHooks(span: SpanKey): string | undefined {
  return listsOfHooks.get(span);
}

/** Remembers that the hooks ran for a span, whether or not they found something to log. */
export function markSeen(span: SpanKey): void {
  seen.add(span);
}

export function wasSeen(span: SpanKey): boolean {
  return seen.has(span);
}
