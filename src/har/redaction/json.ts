import { codeAt, codeUnits, NOT_JSON, scalarEnd, spaceEnd, stringEnd } from './json-tokens';
import { LISTED, type Place, type Policy } from './policy';

/** What a policy leaves of a JSON text. */
export type RedactedJson =
  /** The text that may be sent: JSON as well. */
  | { kind: 'passed'; text: string }
  /** It is JSON, and nothing in it is on the allowlist. */
  | { kind: 'nothing' }
  /** It is not one complete JSON value (RFC 8259 §2), so no part of it may be sent. */
  | { kind: 'invalid' };

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = 0xfeff;

/**
 * Applies a denylist or an allowlist to a JSON text.
 *
 * The text is read, not rebuilt: what passes keeps its bytes, so number precision, order, duplicates, spacing
 * and escapes stay. A denied string becomes `"[REDACTED <its length in UTF-16 code units>]"`, any other denied
 * value `"[REDACTED]"`. With an allowlist, members that are not listed are left out, name and value; objects
 * and arrays on the way to a listed member stay, with only that in them. Takes time in proportion to the
 * length of the text, and no call stack for its nesting.
 *
 * @param text one JSON value; a byte order mark before it is tolerated. Not looked at when the policy's mode
 *   is `none`.
 */
export function redactJson(text: string, policy: Policy): RedactedJson {
  if (policy.mode === 'none') return { kind: 'passed', text };
  const output = policy.mode === 'deny' ? new DeniedOut(text) : new AllowedIn(text);
  if (!walk(text, policy, output)) return { kind: 'invalid' };
  const passed = output.text;
  return passed === '' ? { kind: 'nothing' } : { kind: 'passed', text: passed };
}

/** Told of the values that a walk finds, in order. Members begin at their name, elements at their value. */
interface Output {
  /** A value that an entry names, from `value` to `end`. */
  listed(start: number, value: number, end: number): void;
  /** An object or array in which an entry may name something; `value` is its bracket. */
  opened(start: number, value: number): void;
  /** The end of what was opened last. */
  closed(end: number): void;
  readonly text: string;
}

class DeniedOut implements Output {
  readonly #text: string;
  #output = '';
  #copied = 0;

  constructor(text: string) {
    this.#text = text;
  }

  listed(_start: number, value: number, end: number): void {
    this.#output += this.#text.slice(this.#copied, value) + redacted(this.#text, value, end);
    this.#copied = end;
  }

  opened(): void {}

  closed(): void {}

  get text(): string {
    return this.#output + this.#text.slice(this.#copied);
  }
}

class AllowedIn implements Output {
  readonly #text: string;
  #output = '';
  #first = true;

  constructor(text: string) {
    this.#text = text;
  }

  listed(start: number, _value: number, end: number): void {
    this.#item(start, end);
    this.#first = false;
  }

  opened(start: number, value: number): void {
    this.#item(start, value + 1);
    this.#first = true;
  }

  closed(end: number): void {
    this.#output += this.#text[end - 1];
    this.#first = false;
  }

  get text(): string {
    return this.#output;
  }

  #item(start: number, end: number): void {
    this.#output += (this.#first ? '' : ',') + this.#text.slice(start, end);
  }
}

function redacted(text: string, value: number, end: number): string {
  if (text.charCodeAt(value) !== QUOTE) return '"[REDACTED]"';
  return `"[REDACTED ${unquoted(text, value, end).length}]"`;
}

function unquoted(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  return raw.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : raw;
}

/** An object or array that the walk is in. */
interface Container {
  readonly place: Place;
  readonly close: typeof CLOSE_OBJECT | typeof CLOSE_ARRAY;
  /** Elements before the present one. */
  index: number;
}

/** Reports what the policy lists, and says whether the text is one JSON value. */
function walk(text: string, policy: Policy, output: Output): boolean {
  const codes = codeUnits(text);
  const containers: Container[] = [];
  let place = policy.start;
  let at = spaceEnd(codes, codeAt(codes, 0) === BYTE_ORDER_MARK ? 1 : 0);
  let start = at;
  let value = at;
  // Depth of the container whose fate is known, so that nothing in it is looked up; 0 outside of any.
  let settled = 0;
  let container: Container | undefined;
  for (;;) {
    const code = codeAt(codes, at);
    const opens = code === OPEN_OBJECT || code === OPEN_ARRAY;
    if (settled === 0) value = at;
    if (opens) {
      const isObject = code === OPEN_OBJECT;
      container = { place, close: isObject ? CLOSE_OBJECT : CLOSE_ARRAY, index: 0 };
      containers.push(container);
      at += 1;
      if (settled === 0) {
        if (place !== LISTED && policy.leadsInto(place, isObject ? 'object' : 'array')) {
          output.opened(start, value);
        } else {
          settled = containers.length;
        }
      }
    } else {
      at = scalarEnd(codes, at);
      if (at === NOT_JSON) return false;
      if (settled === 0 && place === LISTED) output.listed(start, value, at);
    }

    let first = opens;
    at = spaceEnd(codes, at);
    while (container !== undefined && codeAt(codes, at) === container.close) {
      at += 1;
      if (settled === 0) output.closed(at);
      else if (settled === containers.length) {
        settled = 0;
        if (container.place === LISTED) output.listed(start, value, at);
      }
      containers.pop();
      container = containers[containers.length - 1];
      first = false;
      at = spaceEnd(codes, at);
    }
    if (container === undefined) return at === text.length;
    if (!first) {
      if (codeAt(codes, at) !== COMMA) return false;
      at = spaceEnd(codes, at + 1);
    }

    if (settled === 0) start = at;
    if (container.close === CLOSE_OBJECT) {
      const nameEnd = stringEnd(codes, at);
      if (nameEnd === NOT_JSON) return false;
      if (settled === 0) place = policy.member(container.place, unquoted(text, at, nameEnd));
      at = spaceEnd(codes, nameEnd);
      if (codeAt(codes, at) !== COLON) return false;
      at = spaceEnd(codes, at + 1);
    } else if (settled === 0) {
      place = policy.element(container.place, container.index);
      container.index += 1;
    }
  }
}
