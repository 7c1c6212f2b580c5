import { GrowingBytes } from '../record/growing-bytes';
import { AllowedIn } from './allowed-in';
import { DeniedOut } from './denied-out';
import { JsonCopy } from './json-copy';
import { appendJsonString } from './json-string';
import { isJsonString, mayHoldUrls, redactLoneText, redactUrlsInJson } from './json-strings';
import { JsonWalk } from './json-walk';
import type { Policy } from './policy';
import { withheldMark } from './withheld';

/** What a policy leaves of a JSON text. */
export interface RedactedJson {
  /**
   * - `passed`: all of the text that may be sent was written.
   * - `nothing`: it is JSON, and nothing in it is on the allowlist. Nothing was written.
   * - `part`: it is not one complete JSON value (RFC 8259 §2). What may be sent of the members before the place
   *   where it breaks off or goes wrong was written, closed so that it is JSON; nothing when the allowlist names
   *   nothing.
   * - `invalid`: as above, without a member that is whole. Nothing was written.
   */
  readonly kind: 'passed' | 'nothing' | 'part' | 'invalid';
  /** Of a `part` or an `invalid` text: it ends between two tokens, so that what follows may be its rest. */
  readonly open: boolean;
}

export interface RedactJsonOptions {
  /**
   * The text is read in any case, because it may be a part of a longer one. Otherwise a text that is no JSON, but
   * looks like it at both ends, passes when no denied name stands in it.
   */
  readonly read: boolean;
  /** It is written as the inside of a JSON string. */
  readonly escaped: boolean;
}

const PASSED: RedactedJson = { kind: 'passed', open: false };
const NOTHING: RedactedJson = { kind: 'nothing', open: false };

const NAME_AND_VALUE = /[\w$]["']?\s*:\s*\S/;
const PLAUSIBLE = /^[\ufeff \t\r\n]*[{[]/;

/** The walks of policies, which keep what they need for the next document. */
const walks = new WeakMap<Policy, JsonWalk>();

/**
 * Applies a denylist or an allowlist to a JSON text, and writes what it leaves behind what is in `out`.
 *
 * The text is read, not rebuilt: what passes keeps its bytes, so number precision, order, duplicates, spacing
 * and escapes stay. A denied string becomes `"[REDACTED <its length in UTF-16 code units>]"`, any other denied
 * value `"[REDACTED]"`. With an allowlist, members that are not listed are left out, name and value; objects
 * and arrays on the way to a listed member stay, with only that in them. Takes time in proportion to the
 * length of the text, no call stack for its nesting, and at most a few bytes for each level of it.
 *
 * A denylist is applied to the URLs in strings as well, and to what stands in a text that is one string.
 *
 * @param input one JSON value in UTF-8; a byte order mark before it is tolerated. Not looked at when the
 *   policy's mode is `none`.
 */
export function redactJson(
  input: Uint8Array,
  policy: Policy,
  out: GrowingBytes,
  options: RedactJsonOptions,
): RedactedJson {
  const utf8 = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (policy.mode !== 'deny') return redactMembers(utf8, policy, out, options);
  const isString = isJsonString(utf8);
  if (!isString && !mayHoldUrls(utf8)) return redactMembers(utf8, policy, out, options);
  const members = new GrowingBytes(utf8.length);
  const result = redactMembers(utf8, policy, members, { ...options, escaped: false });
  const whole = isString && result.kind === 'passed';
  const shown = whole
    ? (redactString(members.written, policy) ?? withheldString(utf8))
    : redactUrlsInJson(members.written, policy);
  if (options.escaped) appendJsonString(out, shown);
  else out.copy(shown);
  return result;
}

/** More often nobody writes a text as JSON in earnest. */
const MOST_STRINGS = 5;

/**
 * What is left of a JSON text that is one string, in which there may be JSON, or a form.
 *
 * @returns undefined when it cannot be filtered
 */
function redactString(utf8: Buffer, policy: Policy, times = 1): Buffer | undefined {
  const value = parsed(utf8);
  if (value === undefined) return undefined;
  const inner = Buffer.from(value);
  const isString = isJsonString(inner);
  const isPlausible = PLAUSIBLE.test(value);
  if (isString || isPlausible) {
    const out = new GrowingBytes(inner.length);
    const { kind } = redactMembers(inner, policy, out, { read: false, escaped: false });
    if (kind === 'passed') {
      if (isString && times === MOST_STRINGS) return undefined;
      const left = isString
        ? redactString(out.written, policy, times + 1)
        : redactUrlsInJson(out.written, policy);
      if (left === undefined || left.equals(inner)) return left && utf8;
      return Buffer.from(JSON.stringify(left.toString()));
    }
    // What looks like JSON, and has a name with a value though it is none, cannot be filtered.
    if (isPlausible && NAME_AND_VALUE.test(value) && policy.mayNameIn(value)) return undefined;
  }
  const left = redactLoneText(value, policy);
  return left === value ? utf8 : Buffer.from(JSON.stringify(left));
}

/** It stays JSON: only what was in the string is not there. */
function withheldString(utf8: Buffer): Buffer {
  return Buffer.from(JSON.stringify(withheldMark(utf8.length)));
}

function parsed(utf8: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(utf8.toString().replace(/^\ufeff/, ''));
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function redactMembers(
  utf8: Buffer,
  policy: Policy,
  out: GrowingBytes,
  { read, escaped }: RedactJsonOptions,
): RedactedJson {
  const begin = out.length;
  const copy = new JsonCopy(utf8, out, escaped);
  if (policy.mode === 'none') {
    copy.piece(0, utf8.length);
    return PASSED;
  }
  const walk = walkOf(policy);
  const output = policy.mode === 'deny' ? new DeniedOut(copy) : new AllowedIn(copy, walk);
  if (walk.walk(copy, policy, output)) return out.length === begin ? NOTHING : PASSED;
  if (!read && policy.mode === 'deny' && isFree(utf8.toString(), policy)) {
    out.length = begin;
    copy.piece(0, utf8.length);
    return PASSED;
  }
  if (walk.wholeEnd > 0) output.cut(walk);
  else out.length = begin;
  return { kind: walk.wholeEnd > 0 ? 'part' : 'invalid', open: walk.open };
}

function walkOf(policy: Policy): JsonWalk {
  let walk = walks.get(policy);
  if (walk === undefined) {
    walk = new JsonWalk();
    walks.set(policy, walk);
  }
  return walk;
}

/** Whether a text that is no JSON looks like it, so that it is no text of another charset, and names nothing. */
function isFree(text: string, policy: Policy): boolean {
  return PLAUSIBLE.test(text) && '}]'.includes(text.trimEnd().slice(-1)) && !policy.mayNameIn(text);
}
