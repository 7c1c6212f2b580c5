import type { NameValue } from '../record/record';
import { parseSetCookie } from '../redaction/set-cookie';
import { fieldValues } from './fields';
import type { HarCookie } from './har';

/**
 * A date as RFC 6265 §4.1.1 and its older forms write it; `Date.parse` alone takes `foo 1` for one
 * as well.
 */
const COOKIE_DATE = /\d{1,2}[ -][a-z]{3}[ -]\d{2,4} \d{1,2}:\d{2}:\d{2}/i;
const ZONE = /(?:[a-z]|[+-]\d{4})$/i;

/** Cookies of the `Cookie` fields, in order (RFC 6265 §4.2.1). */
export function requestCookies(headers: readonly NameValue[]): HarCookie[] {
  return fieldValues(headers, 'cookie').flatMap((field) => field.split(';').flatMap(pairOf));
}

/** Cookies of the `Set-Cookie` fields with those attributes that HAR 1.2 knows (RFC 6265 §4.1). */
export function responseCookies(headers: readonly NameValue[]): HarCookie[] {
  return fieldValues(headers, 'set-cookie')
    .flatMap(parseSetCookie)
    .flatMap(({ pair, attributes }) =>
      pairOf(pair).map((cookie) => ({ ...cookie, ...attributesOf(attributes) })),
    );
}

/** None without a `=`: that is what a field looks like whose value was hidden. */
function pairOf(pair: string): NameValue[] {
  const equals = pair.indexOf('=');
  if (equals < 0) return [];
  return [{ name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() }];
}

function attributesOf(attributes: readonly string[]): Partial<HarCookie> {
  const known: Partial<HarCookie> = {};
  for (const attribute of attributes) {
    const [name = '', ...rest] = attribute.split('=');
    const value = rest.join('=').trim();
    switch (name.trim().toLowerCase()) {
      case 'path':
        if (value) known.path = value;
        break;
      case 'domain':
        if (value) known.domain = value;
        break;
      case 'expires': {
        const expires = isoDate(value);
        if (expires !== undefined) known.expires = expires;
        break;
      }
      case 'httponly':
        known.httpOnly = true;
        break;
      case 'secure':
        known.secure = true;
        break;
    }
  }
  return known;
}

function isoDate(text: string): string | undefined {
  if (!COOKIE_DATE.test(text)) return undefined;
  // A cookie's date is UTC whatever it says (RFC 6265 §5.1.1), and not of the zone that this
  // process runs in.
  const time = Date.parse(ZONE.test(text) ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
