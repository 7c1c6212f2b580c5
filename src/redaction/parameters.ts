import type { Policy } from './policy';
import { hidesNameOf } from './url';

/** What no name has, so that a name begins behind it. */
const NO_NAME = /[\s;,=&?#"'<>(){}\\/|]/;
/** What may stand between a name and its `=`: RFC 9110 §5.6.3 has "bad" white space, JSON-like texts a quote. */
const BEFORE_EQUALS = /[\s"'\\]/;
/** What ends a value behind `;` or `,`: another parameter, one of another challenge (RFC 9110 §11.6.1), a link. */
const NEXT = /[;,]\s*(?:<|(?:[^\s;,="<>]+\s+)?[^\s;,="<>]+\s*=)/y;
/** What was hidden already: here, and as part of a URL. */
const HIDDEN = /^\[REDACTED \d+\]$/;
const HIDDEN_IN_URL = /%5BREDACTED%20\d+%5D(?=$|[\s&/?#>])/y;
/** `name*=UTF-8''value` (RFC 8187) and `name*0=` (RFC 2231). */
const EXTENDED = /\*(?:\d+\*?)?$/;

/**
 * The value of a header field with a denylist applied to its parameters (RFC 9110 §5.6.6): `name=value` and
 * `name="value"` between `;` or `,`, also behind the scheme of a challenge and within a quoted string. A denied value
 * becomes `[REDACTED <length>]`; the rest keeps its bytes. Takes time in proportion to the length of the text.
 *
 * A value without quotes ends where another parameter begins: the `,` in `token=a,b` is of the value.
 */
export function redactParameters(text: string, policy: Policy): string {
  if (policy.mode !== 'deny') return text;
  const context = new Context(text);
  let left = '';
  let copied = 0;
  let from = 0;
  for (;;) {
    const equals = text.indexOf('=', from);
    if (equals < 0) break;
    const isDenied = isNameBefore(text, from, equals, policy);
    from = equals + 1;
    if (!isDenied) continue;
    HIDDEN_IN_URL.lastIndex = from;
    if (HIDDEN_IN_URL.test(text)) continue;
    context.moveTo(from);
    const { start, end } = valueAt(text, from, context.end());
    from = end;
    context.moveTo(end);
    const value = text.slice(start, end);
    if (HIDDEN.test(value)) continue;
    left += `${text.slice(copied, start)}[REDACTED ${value.length}]`;
    copied = end;
  }
  return copied === 0 ? text : left + text.slice(copied);
}

/** Whether a denied name ends before a `=`: also behind a prefix, as an extended one, or with spaces in it. */
function isNameBefore(text: string, from: number, equals: number, policy: Policy): boolean {
  let end = equals;
  while (end > from && BEFORE_EQUALS.test(text.charAt(end - 1))) end -= 1;
  let start = end;
  while (start > from && !NO_NAME.test(text.charAt(start - 1))) start -= 1;
  const name = text.slice(start, end);
  if (hides(name, policy)) return true;
  if (name.includes(':') && hides(name.slice(name.lastIndexOf(':') + 1), policy)) return true;
  if (name.includes('*') && hides(name.replace(EXTENDED, ''), policy)) return true;
  if (start === from || text[start - 1] !== ' ') return false;
  while (start > from && text[start - 1] !== ';' && text[start - 1] !== ',') start -= 1;
  const words = text.slice(start, end).trim();
  return words !== name && hides(words, policy);
}

function hides(name: string, policy: Policy): boolean {
  if (name === '') return false;
  return policy.hides(name) || (/[%+]/.test(name) && hidesNameOf(name, policy));
}

/** Where the value begins and ends that stands behind a `=`; that of a quoted string is within its quotes. */
function valueAt(text: string, from: number, limit: number): { start: number; end: number } {
  let start = from;
  while (start < limit && /\s/.test(text.charAt(start))) start += 1;
  // A quote that was never closed came before: this one begins a string.
  if (start === limit && text[start] === '"') return valueAt(text, start, text.length);
  if (text[start] === '"' && start < limit) {
    const close = closingQuote(text, start + 1);
    // What stands directly behind the quote is no parameter, and may be of the value.
    if (close >= limit || /[\s;,>]/.test(text.charAt(close + 1) || ';')) {
      return { start: start + 1, end: Math.min(close, limit) };
    }
  }
  let end = start;
  for (; end < limit; end += 1) {
    if (text[end] !== ';' && text[end] !== ',') continue;
    NEXT.lastIndex = end;
    if (NEXT.test(text)) break;
  }
  while (end > start && /\s/.test(text.charAt(end - 1))) end -= 1;
  return { start, end };
}

/** Where a quoted string ends (RFC 9110 §5.6.4), or the length. */
function closingQuote(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at, text.length);
}

/** What a place in a text is within. */
class Context {
  readonly #text: string;
  #at = 0;
  #inQuotes = false;
  #inBrackets = false;
  #end = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** No place comes before an earlier one. */
  moveTo(place: number): void {
    for (; this.#at < place; this.#at += 1) {
      const character = this.#text[this.#at];
      if (character === '"') this.#inQuotes = !this.#inQuotes;
      else if (character === '\\' && this.#inQuotes) this.#at += 1;
      else if (character === '<' && !this.#inQuotes) this.#inBrackets = true;
      else if (character === '>' && !this.#inQuotes) this.#inBrackets = false;
    }
  }

  /** Where the quoted string ends, or the URL in angle brackets, that the place is in; else the length. */
  end(): number {
    if (!this.#inQuotes && !this.#inBrackets) return this.#text.length;
    // The same string may hold many parameters: its end is sought once.
    if (this.#end < this.#at) this.#end = this.#endFrom(this.#at);
    return this.#end;
  }

  #endFrom(place: number): number {
    if (this.#inQuotes) return closingQuote(this.#text, place);
    const bracket = this.#text.indexOf('>', place);
    return bracket < 0 ? this.#text.length : bracket;
  }
}
