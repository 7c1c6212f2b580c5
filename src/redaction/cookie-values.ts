import { parseSetCookie, type SetCookie } from './set-cookie';

/** The attributes that there are (RFC 6265 §4.1.2 and what browsers have added); others may be of the value. */
const ATTRIBUTES = new Set([
  'path',
  'domain',
  'expires',
  'max-age',
  'secure',
  'httponly',
  'samesite',
  'partitioned',
  'priority',
  'version',
]);
/** What no name has, so that what has it may be a value, or end with one. */
const NO_NAME = /[\s",]/;

/** Hides the caller's key in a text. */
type Hide = (text: string) => string;

/** The field `Cookie` with the length of each value in its place. */
export function hideCookies(field: string, hide: Hide): string {
  return field
    .split(';')
    .map((pair) => hidePair(pair, hide))
    .join(';');
}

/** The field `Set-Cookie` with the length of each value in its place, and its attributes as they are. */
export function hideSetCookies(field: string, hide: Hide): string {
  return parseSetCookie(field)
    .map((cookie) => hideSetCookie(cookie, hide))
    .join(',');
}

function hideSetCookie({ pair, attributes }: SetCookie, hide: Hide): string {
  return [hidePair(pair, hide), ...attributes.map((text) => hideAttribute(text, hide))].join(';');
}

/** A piece without `=` is a value without a name (RFC 6265 §5.2), so nothing of it may stay. */
function hidePair(pair: string, hide: Hide): string {
  const text = pair.trim();
  if (text === '') return pair;
  const indent = pair.startsWith(' ') ? ' ' : '';
  const equals = text.indexOf('=');
  if (equals < 0 || NO_NAME.test(text.slice(0, equals).trim())) {
    return `${indent}[REDACTED ${text.length}]`;
  }
  return `${indent}${hide(text.slice(0, equals))}=[REDACTED ${text.length - equals - 1}]`;
}

function hideAttribute(attribute: string, hide: Hide): string {
  const name = attribute.split('=', 1)[0] as string;
  return ATTRIBUTES.has(name.trim().toLowerCase()) ? hide(attribute) : hidePair(attribute, hide);
}
