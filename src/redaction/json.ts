import type { GrowingBytes } from '../record/growing-bytes';
import { AllowedIn } from './allowed-in';
import { DeniedOut } from './denied-out';
import { JsonCopy } from './json-copy';
import { JsonWalk } from './json-walk';
import type { Policy } from './policy';

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

const PLAUSIBLE = /^[\ufeff \t\r\n]*[{[]/;

/** The walks of policies, which keep what they need for the next document. */
const walks = new WeakMap<Policy, JsonWalk>();

/**
 * Applies a denylist or an allowlist to a JSON text, and writes what it leaves behind what is in `out`.
 *
 * The text is read, not rebuilt: what passes keeps its bytes, so number precision, order, duplicates, spacing
 * and escapes stay, but for credentials in URLs where `@credentials` is on the list. A denied string becomes `"[REDACTED <its length in UTF-16 code units>]"`, any other denied
 * value `"[REDACTED]"`. With an allowlist, members that are not listed are left out, name and value; objects
 * and arrays on the way to a listed member stay, with only that in them. Takes time in proportion to the
 * length of the text, no call stack for its nesting, and at most a few bytes for each level of it.
 *
 * @param input one JSON value in UTF-8; a byte order mark before it is tolerated. Not looked at when the
 *   policy's mode is `none`.
 */
export function redactJson(
  input: Uint8Array,
  policy: Policy,
  out: GrowingBytes,
  { read, escaped }: RedactJsonOptions,
): RedactedJson {
  const begin = out.length;
  const utf8 = policy.withoutCredentialsInUrls(
    Buffer.from(input.buffer, input.byteOffset, input.byteLength),
  );
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
