import { type Broken, type Output, stringLength, walk } from './json-walk';
import type { Policy } from './policy';

/**
 * The filter of version 0.1.0, which worked on strings, made an object a level and a list of nodes a place. The one
 * on bytes has to leave the same of every text.
 */

/** What a policy leaves of a JSON text. */
export type RedactedJson =
  /** All of the text that may be sent. */
  | { kind: 'passed'; text: string }
  /** It is JSON, and nothing in it is on the allowlist. */
  | { kind: 'nothing' }
  /**
   * It is not one complete JSON value (RFC 8259 §2). `text` is what may be sent of the members before the
   * place where it breaks off or goes wrong, closed so that it is JSON; `''` when the allowlist names nothing.
   */
  | { kind: 'part'; text: string; open: boolean }
  /** As above, without a member that is whole. */
  | { kind: 'invalid'; open: boolean };

const PLAUSIBLE = /^[\ufeff \t\r\n]*[{[]/;

/**
 * Applies a denylist or an allowlist to a JSON text.
 *
 * The text is read, not rebuilt: what passes keeps its bytes, so number precision, order, duplicates, spacing
 * and escapes stay. A denied string becomes `"[REDACTED <its length in UTF-16 code units>]"`, any other denied
 * value `"[REDACTED]"`. With an allowlist, members that are not listed are left out, name and value; objects
 * and arrays on the way to a listed member stay, with only that in them. Takes time in proportion to the
 * length of the text, and no call stack for its nesting.
 *
 * A text in which no denied name stands, in whatever case, is not read at all: nothing can be denied in it, be
 * it JSON or not. It must only look like JSON at both ends, so that it is no text of another charset.
 *
 * @param text one JSON value; a byte order mark before it is tolerated. Not looked at when the policy's mode
 *   is `none`.
 * @param read the text is read in any case, because it may be a part of a longer one
 */
export function redactJson(text: string, policy: Policy, read = false): RedactedJson {
  if (policy.mode === 'none' || (!read && isFree(text, policy))) return { kind: 'passed', text };
  const output = outputFor(text, policy);
  const broken = walk(text, policy, output);
  if (broken !== undefined) return leadingMembers(text, policy, broken);
  const passed = output.text;
  return passed === '' ? { kind: 'nothing' } : { kind: 'passed', text: passed };
}

function isFree(text: string, policy: Policy): boolean {
  return (
    policy.mode === 'deny' &&
    PLAUSIBLE.test(text) &&
    '}]'.includes(text.trimEnd().slice(-1)) &&
    !policy.mayNameIn(text)
  );
}

/** Read once more, so that what is sent is what would be sent of just these members. */
function leadingMembers(
  text: string,
  policy: Policy,
  { open, end, closing }: Broken,
): RedactedJson {
  if (end === 0) return { kind: 'invalid', open };
  const leading = text.slice(0, end) + closing;
  const output = outputFor(leading, policy);
  if (walk(leading, policy, output) !== undefined) return { kind: 'invalid', open };
  return { kind: 'part', text: output.text, open };
}

interface TextOutput extends Output {
  readonly text: string;
}

function outputFor(text: string, { mode }: Policy): TextOutput {
  return mode === 'deny' ? new DeniedOut(text) : new AllowedIn(text);
}

class DeniedOut implements TextOutput {
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

/** Names on the way to a listed value may be data, so that they are held back until there is one. */
class AllowedIn implements TextOutput {
  readonly #text: string;
  /** Beginnings of the containers in which nothing was listed so far. */
  readonly #heldBack: string[] = [];
  #output = '';
  #first = true;

  constructor(text: string) {
    this.#text = text;
  }

  listed(start: number, _value: number, end: number): void {
    for (const beginning of this.#heldBack.splice(0)) {
      this.#item(beginning);
      this.#first = true;
    }
    this.#item(this.#text.slice(start, end));
  }

  opened(start: number, value: number): void {
    this.#heldBack.push(this.#text.slice(start, value + 1));
  }

  closed(end: number): void {
    const beginning = this.#heldBack.pop();
    const isRoot = this.#output === '' && this.#heldBack.length === 0;
    if (beginning !== undefined && !isRoot) return;
    this.#output += (beginning ?? '') + this.#text[end - 1];
    this.#first = false;
  }

  get text(): string {
    return this.#output;
  }

  #item(text: string): void {
    this.#output += (this.#first ? '' : ',') + text;
    this.#first = false;
  }
}

function redacted(text: string, value: number, end: number): string {
  const length = stringLength(text, value, end);
  return length === undefined ? '"[REDACTED]"' : `"[REDACTED ${length}]"`;
}
