import { decodeForm } from '../redaction/percent';
import type { Policy } from '../redaction/policy';
import { hidesNameOf, redactPairs } from '../redaction/url';
import { mayHoldUserinfoOfUrl, withoutUserinfo } from '../redaction/userinfo';
import type { HarParam } from './har';

/**
 * What a denylist or an allowlist leaves of an `application/x-www-form-urlencoded` body (WHATWG URL
 * Standard §5): a denied value becomes `%5BREDACTED%20<length>%5D`, fields that an allowlist does
 * not name are left out. What passes keeps its bytes.
 *
 * Fields end at `&`; a field that passes is filtered again as if they ended at `;` as well, which
 * some servers hold, or as if it held a URL. A denylist leaves out user name and password of such a URL.
 */
export function formText(text: string, policy: Policy): string {
  if (policy.mode === 'none') return text;
  return text
    .split('&')
    .flatMap((field) => (field === '' ? field : filteredField(field, policy)))
    .join('&');
}

/** What a denylist leaves of a form with a field a line, of which nothing is encoded. */
export function plainFormText(text: string, policy: Policy): string {
  return text
    .split(/(\r?\n)/)
    .map((line) => {
      const value = line.indexOf('=') + 1;
      if (value === 0 || !policy.hides(line.slice(0, value - 1))) return line;
      return `${line.slice(0, value)}[REDACTED ${line.length - value}]`;
    })
    .join('');
}

/** Fields of a form, decoded, in order and with duplicates. */
export function formParams(text: string): HarParam[] {
  // The `&` keeps a question mark that a form begins with: `URLSearchParams` takes it for a
  // query's.
  return [...new URLSearchParams(`&${text}`)].map(([name, value]) => ({ name, value }));
}

function filteredField(field: string, policy: Policy): string | [] {
  const equals = field.indexOf('=');
  const name = equals < 0 ? field : field.slice(0, equals);
  if (!hidesNameOf(field, policy)) {
    const bare =
      policy.mode === 'deny' && mayHoldUserinfoOfUrl(field) ? bareField(field, equals) : field;
    return /[;?#%"]/.test(bare) ? redactPairs(bare, policy) : bare;
  }
  if (policy.mode === 'allow') return [];
  const { length } = equals < 0 ? '' : decodeForm(field.slice(equals + 1));
  return `${name}=${encodeURIComponent(`[REDACTED ${length}]`)}`;
}

function bareField(field: string, equals: number): string {
  if (equals < 0) return withoutUserinfo(field);
  return `${withoutUserinfo(field.slice(0, equals))}=${withoutUserinfo(field.slice(equals + 1))}`;
}
