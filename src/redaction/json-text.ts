import { GrowingBytes } from '../record/growing-bytes';
import { redactJson } from './json';
import type { Policy } from './policy';

/** What a policy leaves of a JSON text, as in `redactJson`. */
export type RedactedJsonText =
  | { kind: 'passed'; text: string }
  | { kind: 'nothing' }
  | { kind: 'part'; text: string; open: boolean }
  | { kind: 'invalid'; open: boolean };

/**
 * As `redactJson`, for a text that is there as a string.
 *
 * @param out where it is done, for who has many texts
 */
export function redactJsonText(
  text: string,
  policy: Policy,
  read = false,
  out = new GrowingBytes(text.length),
): RedactedJsonText {
  const utf8 = Buffer.from(text, 'utf8');
  out.length = 0;
  const { kind, open } = redactJson(utf8, policy, out, { read, escaped: false });
  if (kind === 'nothing') return { kind };
  if (kind === 'invalid') return { kind, open };
  // Half of a surrogate pair, which UTF-8 does not know, stays where nothing else is to be changed.
  const left = out.written.equals(utf8) ? text : out.written.toString();
  return kind === 'passed' ? { kind, text: left } : { kind, text: left, open };
}
