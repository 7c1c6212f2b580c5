/** A cookie of a `Set-Cookie` field. */
export interface SetCookie {
  /** `name=value`, or a value alone, with the space around it. */
  pair: string;
  /** What follows it, each with the space around it, but without the `;` before it. */
  attributes: string[];
}

/** A quoted value to its end, which RFC 2109 has, with all that browsers would take for something else. */
const QUOTED_VALUE = /^[^=;,"]*=\s*"(?:\\.|[^"\\])*"\s*(?=[;,]|$)/s;
/** The date of RFC 1123 and its older forms, with the comma behind the day of the week. */
const DATE_START = /^\s*expires\s*=\s*"?[a-z]{3,9}$/i;
const DATE_REST = /^\s*\d[^=]*$/;

/**
 * The cookies of a `Set-Cookie` field (RFC 6265 §4.1). There may be several, joined with commas: that is how
 * `Headers.get()` and old proxies hand them on.
 *
 * A comma begins another cookie, but for one in a cookie's value or in the date of `Expires`.
 */
export function parseSetCookie(field: string): SetCookie[] {
  const cookies: SetCookie[] = [];
  let rest = field;
  let separator = '';
  for (;;) {
    const end = pieceEnd(rest, separator !== ';');
    const piece = rest.slice(0, end);
    if (separator === ';') addAttribute(cookies, piece);
    else cookies.push({ pair: piece, attributes: [] });
    if (end === rest.length) return cookies;
    separator = rest.charAt(end);
    rest = rest.slice(end + 1);
  }
}

/** @returns the index of the `;` or `,` that ends a pair or an attribute, or the length. */
function pieceEnd(text: string, isPair: boolean): number {
  if (isPair) {
    const quoted = QUOTED_VALUE.exec(text);
    if (quoted !== null) return quoted[0].length;
    return endAt(text, ';');
  }
  const end = text.search(/[;,]/);
  if (end < 0) return text.length;
  if (text.charAt(end) === ';' || !DATE_START.test(text.slice(0, end))) return end;
  const next = text.slice(end + 1).search(/[;,]/);
  const dateEnd = next < 0 ? text.length : end + 1 + next;
  return DATE_REST.test(text.slice(end + 1, dateEnd)) ? dateEnd : end;
}

function endAt(text: string, character: string): number {
  const at = text.indexOf(character);
  return at < 0 ? text.length : at;
}

function addAttribute(cookies: SetCookie[], attribute: string): void {
  (cookies.at(-1) as SetCookie).attributes.push(attribute);
}
