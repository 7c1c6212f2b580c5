/** So much of a key at the end of a cut text is taken for its beginning. */
const SHORTEST_BEGINNING = 4;

const JSON_ESCAPE = /\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])/g;
const PERCENT_ESCAPE = /%[0-9a-fA-F]{2}/g;
const PERCENT_ESCAPE_OR_PLUS = /%[0-9a-fA-F]{2}|\+/g;
/** As it stands in a URL in a URL: of `%252F`, all stands for a slash. */
const NESTED_PERCENT_ESCAPE = /%(?:25)*[0-9a-fA-F]{2}/g;
const NESTED_PERCENT_ESCAPE_OR_PLUS = /%(?:25)*[0-9a-fA-F]{2}|\+/g;

/** An escape that was cut. */
const CUT_JSON_ESCAPE = /\\(?:u[0-9a-fA-F]{0,3})?$/;
const CUT_PERCENT_ESCAPE = /%[0-9a-fA-F]?$/;
const CUT_NESTED_PERCENT_ESCAPE = /%(?:25)+[0-9a-fA-F]?$/;
/** Characters that one of a key takes in its longest spelling, an escape that was cut behind it included. */
const LONGEST_SPELLING = 24;

const BEYOND_LATIN1 = /[^\0-\xff]/;

/** Characters that JSON has no short escape for and that no encoder percent-encodes. */
const NEVER_NEEDS_ESCAPE = /^[A-Za-z0-9_.~-]*$/;

/**
 * A key in every spelling that JSON and percent-encoding have for it: each character plain, or escaped in
 * any of the ways that there are, since PHP, Python, Go and browsers all choose others.
 *
 * Texts are unescaped and searched as they are, in time linear in their length: both the text and the key
 * are chosen by a client that may mean harm, so no pattern is made of them.
 */
export class KeySpellings {
  readonly #key: string;
  readonly #masked: string;

  /** @param masked what stands in place of the key. */
  constructor(key: string, masked: string) {
    this.#key = key;
    this.#masked = masked;
  }

  /** @param plain what stands in place of a key that is spelt without any escape. */
  replaceIn(text: string, plain: string): string {
    // First JSON: a key that begins with a quote also stands in `\"`, behind the backslash.
    const json = this.#replaceJson(text);
    const result = json.includes(this.#key) ? json.replaceAll(this.#key, () => plain) : json;
    return this.#replacePercent(result);
  }

  /** A text without the beginning of a key that stands at its end, in any of its spellings. */
  withoutCutKey(text: string): string {
    const tail = text.slice(-LONGEST_SPELLING * this.#key.length);
    const kept = Math.min(
      tail.length - beginningAtEnd(tail, this.#key),
      keptBefore(tail, this.#key, JSON_ESCAPE, fromJson, CUT_JSON_ESCAPE),
      this.#keptBeforePercent(tail),
    );
    return kept === tail.length ? text : text.slice(0, text.length - tail.length + kept);
  }

  #keptBeforePercent(tail: string): number {
    const plus = this.#key.includes(' ') && tail.includes('+');
    if (!plus && !tail.includes('%')) return tail.length;
    const bytes = latin1(tail);
    const escapes = plus ? NESTED_PERCENT_ESCAPE_OR_PLUS : NESTED_PERCENT_ESCAPE;
    const kept = Math.min(
      ...this.#percentKeys.map((key) =>
        Math.min(
          keptBefore(bytes, key, escapes, fromPercent, CUT_PERCENT_ESCAPE),
          keptBefore(bytes, key, escapes, fromPercent, CUT_NESTED_PERCENT_ESCAPE),
          keptBefore(bytes, key, PERCENT_ESCAPE, fromPercent, CUT_PERCENT_ESCAPE),
        ),
      ),
    );
    if (kept === bytes.length) return tail.length;
    return Buffer.from(bytes.slice(0, kept), 'latin1').toString('utf8').length;
  }

  /** The bytes that percent-encoding may stand for: UTF-8, or latin1. */
  get #percentKeys(): string[] {
    const utf8 = latin1(this.#key);
    return utf8 === this.#key || BEYOND_LATIN1.test(this.#key) ? [utf8] : [utf8, this.#key];
  }

  #replaceJson(text: string): string {
    const sign = NEVER_NEEDS_ESCAPE.test(this.#key) ? '\\u' : '\\';
    if (!text.includes(sign)) return text;
    const masked = JSON.stringify(this.#masked).slice(1, -1);
    return replaceEscaped(text, this.#key, JSON_ESCAPE, fromJson, masked);
  }

  #replacePercent(text: string): string {
    // A plus is a space in a form and in most queries, and itself elsewhere.
    const plus = this.#key.includes(' ') && text.includes('+');
    if (!plus && !text.includes('%')) return text;
    // One character a byte, as an escape stands for a byte.
    const bytes = latin1(text);
    const masked = percent(this.#masked);
    const escapes = [PERCENT_ESCAPE];
    if (plus) escapes.push(PERCENT_ESCAPE_OR_PLUS);
    if (text.includes('%25')) {
      escapes.push(plus ? NESTED_PERCENT_ESCAPE_OR_PLUS : NESTED_PERCENT_ESCAPE);
    }
    let result = bytes;
    for (const key of this.#percentKeys) {
      for (const pattern of escapes) {
        result = replaceEscaped(result, key, pattern, fromPercent, masked);
      }
    }
    return result === bytes ? text : Buffer.from(result, 'latin1').toString('utf8');
  }
}

function fromPercent(escaped: string): string {
  return escaped === '+' ? ' ' : String.fromCharCode(Number.parseInt(escaped.slice(-2), 16));
}

function fromJson(escaped: string): string {
  return JSON.parse(`"${escaped}"`) as string;
}

/** Percent-encodes; by way of UTF-8, because a lone surrogate would be a URIError. */
export function percent(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}

/** UTF-8 bytes as a string with one character a byte. */
export function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * Replaces what unescapes to the key.
 *
 * @param meaning what one escape stands for: one character.
 */
function replaceEscaped(
  text: string,
  key: string,
  escapes: RegExp,
  meaning: (escaped: string) => string,
  replacement: string,
): string {
  const unescaped = text.replace(escapes, meaning);
  let found = unescaped.indexOf(key);
  if (found < 0) return text;
  // Where in the text each escape begins, and how much shorter the unescaped text has become by its end.
  const marks = [...text.matchAll(escapes)].map(({ index, 0: escaped }) => ({
    index,
    shorter: escaped.length - 1,
  }));
  let result = '';
  let copied = 0;
  let mark = 0;
  let shift = 0;
  /** The place in the text of a place in the unescaped text; asked in ascending order. */
  const inText = (place: number): number => {
    for (let next = marks[mark]; next !== undefined; next = marks[++mark]) {
      if (next.index - shift >= place) break;
      shift += next.shorter;
    }
    return place + shift;
  };
  while (found >= 0) {
    const start = inText(found);
    result += text.slice(copied, start) + replacement;
    copied = inText(found + key.length);
    found = unescaped.indexOf(key, found + key.length);
  }
  return result + text.slice(copied);
}

/** How much of a text comes before the beginning of a key at its end, as an index; the length when there is none. */
function keptBefore(
  text: string,
  key: string,
  escapes: RegExp,
  meaning: (escaped: string) => string,
  cutEscape: RegExp,
): number {
  const whole = text.replace(cutEscape, '');
  const unescaped = whole.replace(escapes, meaning);
  const cut = beginningAtEnd(unescaped, key);
  if (cut === 0) return text.length;
  const place = unescaped.length - cut;
  let shift = 0;
  for (const { index, 0: escaped } of whole.matchAll(escapes)) {
    if (index - shift >= place) break;
    shift += escaped.length - 1;
  }
  return place + shift;
}

/** Length of the beginning of a key at the end of a text; 0 when it is too short to be one. */
function beginningAtEnd(text: string, key: string): number {
  const cut = commonEnd(text, key);
  return cut >= SHORTEST_BEGINNING ? cut : 0;
}

/** Length of the longest end of a text that is a beginning of the key (Knuth, Morris and Pratt). */
function commonEnd(text: string, key: string): number {
  const both = `${key}\u{10ffff}${text.slice(-(key.length - 1))}`;
  const borders = new Uint32Array(both.length);
  for (let place = 1; place < both.length; place++) {
    let border = borders[place - 1] as number;
    while (border > 0 && both[place] !== both[border]) border = borders[border - 1] as number;
    borders[place] = both[place] === both[border] ? border + 1 : border;
  }
  return borders[both.length - 1] as number;
}
