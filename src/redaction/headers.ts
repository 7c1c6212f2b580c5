import type { NameValue } from '../record/record';
import { secretIn } from './key-headers';
import { redactParameters } from './parameters';
import type { Policy } from './policy';
import { redactUrl } from './url';
import { mayHoldPairs, redactUrlsInText } from './url-text';
import { mayHoldUserinfo, withoutUserinfoOfHosts } from './userinfo';

/** Headers whose value is one URL (RFC 9110 §10.1.3, §10.2.2, §8.7, RFC 4918 §10.3), or what proxies make of one. */
const URL_HEADERS = new Set([
  'referer',
  'location',
  'content-location',
  'destination',
  'origin',
  'sourcemap',
  'x-sourcemap',
  'x-original-url',
  'x-original-uri',
  'x-rewrite-url',
  'x-request-uri',
  'x-forwarded-uri',
  'x-forwarded-url',
]);
/** Headers whose value is a list of hosts. */
const HOST_HEADERS = new Set([
  'host',
  ':authority',
  'x-forwarded-host',
  'x-forwarded-server',
  'x-original-host',
  'x-host',
]);

/**
 * Applies a denylist or an allowlist to header fields of which credentials were masked (`SecretMask`), in order and
 * with duplicates: a denied value becomes
 * `[REDACTED <length>]`, a field that an allowlist does not name is left out. URLs in the values that pass
 * are redacted as {@link redactUrl} does: with a denylist in every header, else in those whose value is one URL.
 * With a denylist, so are parameters, as {@link redactParameters} does, but in fields that were masked.
 * User names and passwords of URLs are left out of every value.
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
    const safe = isSafe(name);
    const hides = safe ? policy.hidesWithoutCredentials(name) : policy.hides(name);
    if (!hides) passed.push({ name, value: redactValue(name, value, policy, safe) });
    else if (policy.mode === 'deny') {
      passed.push({ name, value: `[REDACTED ${asSent[index]?.value.length}]` });
    }
  });
  return passed;
}

/** Of these, what the mask leaves holds no credential: how a key ends, or the names of cookies. */
function isSafe(name: string): boolean {
  return secretIn(name.toLowerCase()) !== 'caller key';
}

function redactValue(name: string, value: string, policy: Policy, safe: boolean): string {
  const field = name.toLowerCase();
  if (URL_HEADERS.has(field)) return redactUrl(value, policy);
  const ofHosts = field === 'forwarded' ? withoutUserinfoOfForwarded(value) : value;
  const bare = HOST_HEADERS.has(field) ? withoutUserinfoOfHosts(value) : ofHosts;
  const left = mayHoldPairs(bare) || mayHoldUserinfo(bare) ? redactUrlsInText(bare, policy) : bare;
  return safe || !left.includes('=') ? left : redactParameters(left, policy);
}

/** `host="user:password@host"` (RFC 7239 §5.3). */
function withoutUserinfoOfForwarded(value: string): string {
  if (!value.includes('@')) return value;
  return value
    .split(/([;,])/)
    .map((pair) => {
      const at = pair.lastIndexOf('@');
      const start = /^[^=]*="?/.exec(pair)?.[0].length ?? 0;
      return at < start ? pair : pair.slice(0, start) + pair.slice(at + 1);
    })
    .join('');
}
