import type { NameValue } from '../record/record';
import type { Policy } from './policy';
import { redactPairs, redactUrl } from './url';

/** Headers whose value is one URL (RFC 9110 §10.1.3, §10.2.2, §8.7). */
const URL_HEADERS = new Set(['referer', 'location', 'content-location']);

/**
 * Applies a denylist or an allowlist to header fields, in order and with duplicates: a denied value becomes
 * `[REDACTED <length>]`, a field that an allowlist does not name is left out. URLs in the values that pass
 * are redacted as {@link redactUrl} does: with a denylist in every header, else in `Referer`, `Location` and
 * `Content-Location`.
 */
export function redactHeaders(headers: readonly NameValue[], policy: Policy): NameValue[] {
  const passed: NameValue[] = [];
  for (const { name, value } of headers) {
    if (!policy.hides(name)) passed.push({ name, value: redactValue(name, value, policy) });
    else if (policy.mode === 'deny') passed.push({ name, value: `[REDACTED ${value.length}]` });
  }
  return passed;
}

function redactValue(name: string, value: string, policy: Policy): string {
  if (URL_HEADERS.has(name.toLowerCase())) return redactUrl(value, policy);
  if (policy.mode !== 'deny' || !value.includes('=') || !/[?&#]/.test(value)) return value;
  // Link and Refresh hold URLs among other text.
  return value
    .split(/([\s<>]+)/)
    .map((word) => redactWord(word, policy))
    .join('');
}

function redactWord(word: string, policy: Policy): string {
  return /^(?:[a-z][a-z0-9+.-]*:)?\//i.test(word)
    ? redactUrl(word, policy)
    : redactPairs(word, policy);
}
