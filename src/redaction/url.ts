import type { NameValue } from '../record/record';
import { jsonAt } from './json-in-query';
import type { Policy } from './policy';

/** What separates names and values in a URL (`=?#&;`), percent-encoded once or more. */
const ENCODED_SEPARATOR = /%(?:25)*(?:3[bdf]|2[36])/i;

const MOST_ENCODINGS = 5;

/**
 * Applies a denylist or an allowlist to the query of an absolute or relative URL, and to a fragment that
 * holds `name=value` pairs (OAuth's `#access_token=…`). Names are sought after `&` and `;`, a denied value ends at `&`. A denied value becomes
 * `%5BREDACTED%20<length of the decoded value>%5D`; with an allowlist, pairs that are not listed are left
 * out, name and value. The rest keeps its bytes, but for user name and password (RFC 3986 §3.2.1), which are
 * taken out whatever the policy.
 */
export function redactUrl(url: string, policy: Policy): string {
  const bare = withoutUserinfo(url);
  if (policy.mode === 'none') return bare;
  const { path, query, fragment } = splitUrl(bare);
  return (
    path +
    redactPart('?', query, policy) +
    (fragment?.includes('=') ? redactPart('#', fragment, policy) : written('#', fragment))
  );
}

/**
 * Names and values of the query parameters that pass, as HAR 1.2 §queryString has them: decoded, in order and
 * with duplicates. A denied value is the same text as in the URL that {@link redactUrl} gives.
 */
export function queryString(url: string, policy: Policy): NameValue[] {
  const { query } = splitUrl(url);
  if (query === undefined) return [];
  return passing(query, policy)
    .filter(({ shown }) => shown !== '')
    .map(({ shown, hidden }) => {
      const equals = shown.indexOf('=');
      if (equals < 0) return { name: decode(shown), value: '' };
      return {
        name: decode(shown.slice(0, equals)),
        value: decode(shown.slice(equals + 1)) + hidden,
      };
    });
}

/** The pairs of a text such as `a=1&b=2` that pass, as {@link redactUrl} leaves them. */
export function redactPairs(text: string, policy: Policy): string {
  return passing(text, policy)
    .map(({ separator, shown, hidden }, index) => (index === 0 ? '' : separator) + shown + hidden)
    .join('');
}

/**
 * Plain text or markup with a denylist applied to the URLs in it: what redirects as `Location` also stands
 * in the body that Express writes for people.
 */
export function redactUrlsInText(text: string, policy: Policy): string {
  if (!text.includes('=') || !/[?#]/.test(text)) return text;
  return text.replace(/[^\s<>"'`]+/g, (word) =>
    word.includes('=') && /[?#]/.test(word) ? redactUrl(word, policy) : word,
  );
}

function splitUrl(url: string): { path: string; query?: string; fragment?: string } {
  const [, path = '', query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(url) ?? [];
  return {
    path,
    ...(query !== undefined && { query }),
    ...(fragment !== undefined && { fragment }),
  };
}

function redactPart(mark: string, part: string | undefined, policy: Policy): string {
  if (part === undefined) return '';
  const left = redactPairs(part, policy);
  return left === '' && policy.mode === 'allow' ? '' : mark + left;
}

function written(mark: string, part: string | undefined): string {
  return part === undefined ? '' : mark + part;
}

function withoutUserinfo(url: string): string {
  const start = /^(?:[a-z][a-z0-9+.-]*:)?\/\//i.exec(url)?.[0].length;
  if (start === undefined) return url;
  const length = url.slice(start).search(/[/?#]/);
  const authority = length < 0 ? url.slice(start) : url.slice(start, start + length);
  const userinfo = authority.lastIndexOf('@') + 1;
  return url.slice(0, start) + url.slice(start + userinfo);
}

/** A pair that passes: `shown` as it was sent, then `hidden` in place of what was denied. */
interface Pair {
  separator: string;
  shown: string;
  hidden: string;
}

function passing(text: string, policy: Policy): Pair[] {
  // Where nothing is denied, pairs end as WHATWG's URL Standard has it.
  const pieces = text.split(policy.mode === 'none' ? /(&)/ : /([&;])/);
  const pairs: Pair[] = [];
  // Up to there all is known of JSON that the pairs hold.
  let jsonEnd = 0;
  for (let index = 0; index < pieces.length; index += 2) {
    const separator = pieces[index - 1] ?? '';
    let piece = pieces[index] as string;
    let secret = policy.mode === 'deny' ? deniedValueAt(piece, policy) : undefined;
    if (secret === undefined && policy.mode === 'deny' && index >= jsonEnd) {
      const json = jsonAt(pieces, index, policy, decode);
      jsonEnd = json?.end ?? 0;
      secret = json?.hiddenFrom;
    }
    if (secret === undefined) {
      if (policy.mode === 'allow' && policy.hides(nameOf(piece))) continue;
      pairs.push({ separator, shown: piece, hidden: '' });
      continue;
    }
    // To a server that ends pairs at `&` alone, what follows a `;` is of the same value.
    while (pieces[index + 1] === ';') {
      piece += `;${pieces[index + 2]}`;
      index += 2;
    }
    const { length } = decode(piece.slice(secret));
    pairs.push({
      separator,
      shown: piece.slice(0, secret),
      hidden: encodeURIComponent(`[REDACTED ${length}]`),
    });
  }
  return pairs;
}

/** Where in a pair a denied value begins: its own, or one in the query of a URL that stands in it as it is. */
function deniedValueAt(pair: string, policy: Policy): number | undefined {
  const equals = pair.indexOf('=');
  if (equals < 0) return undefined;
  if (policy.hides(nameOf(pair)) || namesWithin(pair.slice(equals + 1), policy)) return equals + 1;
  let start = 0;
  for (const part of pair.split(/[?#]/)) {
    const value = part.indexOf('=') + 1;
    if (value > 0 && policy.hides(nameOf(part))) return start + value;
    start += part.length + 1;
  }
  return undefined;
}

/**
 * Whether a denied name stands with a value in a value that is percent-encoded, as in
 * `redirect_uri=https%3A%2F%2Fhost%3Ftoken%3Dx`, however many times; more than five count as such.
 */
function namesWithin(value: string, policy: Policy): boolean {
  let text = value;
  for (let times = 0; ENCODED_SEPARATOR.test(text); times += 1) {
    if (times === MOST_ENCODINGS) return true;
    text = decode(text);
    const parts = text.split(/[?#&;]/);
    if (parts.some((part) => part.includes('=') && policy.hides(nameOf(part)))) return true;
  }
  return false;
}

function nameOf(pair: string): string {
  return decode(pair.split('=', 1)[0] as string);
}

/** As `application/x-www-form-urlencoded` (WHATWG URL Standard §5.1), which knows no malformed escape. */
function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  return new URLSearchParams(`=${text}`).get('') as string;
}
