import type { NameValue } from '../record/record';
import { hidesWhole } from './mask';
import type { Policy } from './policy';
import { redactPairs, redactUrl } from './url';

/** Headers whose value is one URL (RFC 9110 §10.1.3, §10.2.2, §8.7). */
const URL_HEADERS = new Set(['referer', 'location', 'content-location']);

/**
 * Applies a denylist or an allowlist to header fields of which credentials were masked ({@link SecretMask}), in order and with duplicates: a denied value becomes
 * `[REDACTED <length>]`, a field that an allowlist does not name is left out. URLs in the values that pass
 * are redacted as {@link redactUrl} does: with a denylist in every header, else in `Referer`, `Location` and
 * `Content-Location`.
 *
 * @param asSent the same fields before anything was masked: their length is shown
 */
export function redactHeaders(
  headers: readonly NameValue[],
  policy: Policy,
  asSent = headers,
): NameValue[] {
  const passed: NameValue[] = [];
  headers.forEach(({ name, value }, index) => {
    const hides = isSafe(name) ? policy.hidesWithoutCredentials(name) : policy.hides(name);
    if (!hides) passed.push({ name, value: redactValue(name, value, policy) });
    else if (policy.mode === 'deny') {
      passed.push({ name, value: `[REDACTED ${asSent[index]?.value.length}]` });
    }
  });
  return passed;
}

/** Of these, what the mask leaves holds no credential: how a key ends, or the names of cookies. */
function isSafe(name: string): boolean {
  return hidesWhole(name) || name.toLowerCase() === 'set-cookie';
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
