import type { NameValue } from '../record/record';
import { jsonAt } from './json-in-query';
import { decodeForm, decodeLatin1Form, ENCODED_SEPARATOR } from './percent';
import type { Policy } from './policy';
import { withoutUserinfo } from './userinfo';

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
  const hasPairs = fragment?.includes('=') || ENCODED_SEPARATOR.test(fragment ?? '');
  return (
    redactPath(path, policy) +
    redactPart('?', query, policy) +
    (hasPairs ? redactPart('#', fragment, policy) : written('#', fragment))
  );
}

/**
 * Names and values of the query parameters that pass, as HAR 1.2 §queryString has them: decoded, in order and
 * with duplicates. A denied value is the same text as in the URL that {@link redactUrl} gives.
 */
export function queryString(url: string, policy: Policy): NameValue[] {
  const { query } = splitUrl(withoutUserinfo(url));
  if (query === undefined) return [];
  return passing(query, policy)
    .filter(({ shown, hidden }) => shown !== '' || hidden !== '')
    .map(({ shown, hidden }) => {
      const equals = shown.indexOf('=');
      if (equals < 0) return { name: decodeForm(shown) + hidden, value: '' };
      return {
        name: decodeForm(shown.slice(0, equals)),
        value: decodeForm(shown.slice(equals + 1)) + hidden,
      };
    });
}

/** The pairs of a text such as `a=1&b=2` that pass, as {@link redactUrl} leaves them. */
export function redactPairs(text: string, policy: Policy): string {
  return passing(text, policy)
    .map(({ separator, shown, hidden }, index) => (index === 0 ? '' : separator) + shown + hidden)
    .join('');
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

/** Parameters of a path (`/x;token=abc`, RFC 3986 §3.3) and URLs that stand in it percent-encoded. */
function redactPath(path: string, policy: Policy): string {
  if (policy.mode !== 'deny' || !/[;%]/.test(path)) return path;
  return path
    .split('/')
    .map((segment) => (/[;%]/.test(segment) ? redactSegment(segment, policy) : segment))
    .join('/');
}

function redactSegment(segment: string, policy: Policy): string {
  if (namesWithin(segment, policy)) return redacted(segment);
  if (!segment.includes(';')) return segment;
  return segment
    .split(';')
    .map((part, index) => {
      const equals = part.indexOf('=') + 1;
      if (index === 0 || equals === 0 || !hidesNameOf(part, policy)) return part;
      return part.slice(0, equals) + redacted(part.slice(equals));
    })
    .join(';');
}

function redacted(encoded: string): string {
  return encodeURIComponent(`[REDACTED ${decodeForm(encoded).length}]`);
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
      const json = jsonAt(pieces, index, policy, decodeForm);
      jsonEnd = json?.end ?? 0;
      secret = json?.hiddenFrom;
    }
    if (secret === undefined) {
      if (policy.mode === 'allow' && hidesNameOf(piece, policy)) continue;
      pairs.push({ separator, shown: piece, hidden: '' });
      continue;
    }
    // To a server that ends pairs at `&` alone, what follows a `;` is of the same value.
    while (pieces[index + 1] === ';') {
      piece += `;${pieces[index + 2]}`;
      index += 2;
    }
    pairs.push({
      separator,
      shown: piece.slice(0, secret),
      hidden: redacted(piece.slice(secret)),
    });
  }
  return pairs;
}

/** Where in a pair a denied value begins: its own, or one in the query of a URL that stands in it as it is. */
function deniedValueAt(pair: string, policy: Policy): number | undefined {
  const equals = pair.indexOf('=');
  // What has no name of its own, or one that is itself a URL, is hidden as a whole.
  if (namesWithin(equals < 0 ? pair : pair.slice(0, equals), policy)) return 0;
  if (equals < 0) return undefined;
  if (hidesNameOf(pair, policy) || namesWithin(pair.slice(equals + 1), policy)) return equals + 1;
  let start = 0;
  for (const part of pair.split(/[?#]/)) {
    const value = part.indexOf('=') + 1;
    if (value > 0 && hidesNameOf(part, policy)) return start + value;
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
    text = decodeForm(text);
    const parts = text.split(/[?#&;]/);
    if (parts.some((part) => part.includes('=') && hidesNameOf(part, policy))) return true;
  }
  return false;
}

/** Whether the name of a pair must not leave with its value. */
export function hidesNameOf(pair: string, policy: Policy): boolean {
  const name = pair.split('=', 1)[0] as string;
  if (policy.hides(decodeForm(name))) return true;
  if (policy.mode !== 'deny' || !name.includes('%')) return false;
  const latin1 = decodeLatin1Form(name);
  return latin1 !== undefined && policy.hides(latin1);
}
