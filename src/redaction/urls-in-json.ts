/** More characters than the name of a credential has, and than the sign before it takes, encoded several times. */
const LONGEST_NAME = 64;
const LONGEST_SIGN = 32;

/** `=`, percent-encoded any number of times, or escaped as Gson does. */
const EQUALS = /=|%(?:25){0,5}3d|\\u003d/gi;

const WORD = /[\w.-]/;
const SEPARATOR = /[?&#;"]/;
/** A separator that is written otherwise, and the name after it: `%26token`, `\u0026token`. */
const NAMED = /(?:\\u00(?:26|3f|23|3b)|%(?:25)*(?:26|3f|23|3b))([\w.-]+)$/i;

/** A value ends where a URL in a text ends, and at the next name of its query. `\/` is a slash. */
const VALUE = /(?:[^\s"'`<>&#\\]|\\\/)*/y;

/**
 * Hides the values of query parameters in the URLs that stand in a JSON text, as signed URLs do: what is given for a
 * value becomes `%5BREDACTED%20<its length>%5D`. Of a URL that stands percent-encoded in another one, all that follows
 * is hidden up to the end of the outer parameter.
 *
 * Takes time in proportion to the length of the text, and next to none where there is no `=`.
 *
 * @param isDenied whether the value of a parameter of that name is hidden; without `isQuery` it is the first one of a text,
 *   so that it may be something else
 * @returns `utf8` itself where there is nothing to hide
 */
export function withoutDeniedParameters(
  utf8: Buffer,
  isDenied: (name: string, isQuery: boolean) => boolean,
): Buffer {
  if (!utf8.includes('=') && !utf8.includes('%') && !utf8.includes('\\u003')) return utf8;
  // One character a byte: names and signs are ASCII.
  const text = utf8.toString('latin1');
  let result = '';
  let copied = 0;
  for (const { index, 0: sign } of text.matchAll(EQUALS)) {
    if (index < copied) continue;
    const name = nameBefore(text, index);
    if (name === undefined) continue;
    const isQuery = text[index - name.length - 1] !== '"';
    if (!isDenied(name, isQuery)) continue;
    const start = index + sign.length;
    VALUE.lastIndex = start;
    const value = VALUE.exec(text)?.[0] ?? '';
    result += text.slice(copied, start) + encodeURIComponent(`[REDACTED ${lengthOf(value)}]`);
    copied = start + value.length;
  }
  return copied === 0 ? utf8 : Buffer.from(result + text.slice(copied), 'latin1');
}

/** The name that stands left of `=`, after what separates it from what is before. */
function nameBefore(text: string, end: number): string | undefined {
  let start = end;
  const least = Math.max(0, end - LONGEST_NAME);
  while (start > least && WORD.test(text.charAt(start - 1))) start -= 1;
  if (start === end || start === 0) return undefined;
  const separator = text.charAt(start - 1);
  if (SEPARATOR.test(separator)) return text.slice(start, end);
  if (separator !== '\\' && separator !== '%') return undefined;
  // What the escape ends in looks like a part of the name.
  return NAMED.exec(text.slice(Math.max(0, start - LONGEST_SIGN), end))?.[1];
}

/** In characters, decoded. */
function lengthOf(latin1: string): number {
  const value = Buffer.from(latin1.replaceAll('\\/', '/'), 'latin1').toString('utf8');
  return /[%+]/.test(value)
    ? (new URLSearchParams(`=${value}`).get('') ?? '').length
    : value.length;
}
