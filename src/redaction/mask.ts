import type { NameValue } from '../record/record';
import { carriesKey, SecretFields } from './key-headers';
import { KeySearch } from './key-search';
import { KeySpellings, latin1, percent } from './key-spellings';
import { mask } from './masked';

export { isMasked, mask, maskOfCaller } from './masked';

/** Whether of a header field no value stays, whoever the caller is. */
export function hidesWhole(name: string): boolean {
  const field = name.toLowerCase();
  return field === 'cookie' || carriesKey(field);
}

/**
 * A key shorter than this is replaced only where it is a whole value: as a substring, `42` would stand in
 * half of all texts.
 */
const SHORTEST_KEY_TO_SEEK = 8;

/**
 * Removes from an exchange what no log may hold, whatever the lists say: credential headers, cookie values,
 * and the caller's API key wherever it stands.
 */
export class SecretMask {
  readonly #key: string | undefined;
  readonly #masked: string;
  readonly #sought: KeySpellings | undefined;
  readonly #search: KeySearch | undefined;
  readonly #fields: SecretFields;
  /** A caller sends the same credential each time, and to hash it takes longer than all else here. */
  #lastCredential = '';
  #lastMask = '';
  #percentMasked: string | undefined;

  /**
   * @param key the caller's API key; `undefined` when the caller has none.
   * @param masked what stands in its place.
   * @param fields what is known of header fields, for who has many callers.
   */
  constructor(
    key: string | undefined,
    masked = key === undefined ? '' : mask(key),
    fields = new SecretFields(),
  ) {
    this.#fields = fields;
    this.#key = key;
    this.#masked = masked;
    if (key !== undefined) this.#search = new KeySearch(key);
    if (key !== undefined && key.length >= SHORTEST_KEY_TO_SEEK) {
      this.#sought = new KeySpellings(key, masked);
    }
  }

  /** Whether there is a key to hide. */
  get hasKey(): boolean {
    return this.#key !== undefined;
  }

  /** Whether the key stands in a text as it is. */
  isIn(text: string): boolean {
    return this.#key !== undefined && text.includes(this.#key);
  }

  /** A header or cookie value, or a whole text, without the key. */
  hide(text: string): string {
    if (this.#key === undefined) return text;
    if (text === this.#key) return this.#masked;
    const space = text.indexOf(' ');
    if (space > 0 && text.slice(space + 1).trim() === this.#key) {
      return `${text.slice(0, space)} ${this.#masked}`;
    }
    return this.#sought?.replaceIn(text, this.#masked) ?? text;
  }

  /** Whether bytes that were cut may end with the beginning of the key. */
  mayEndBytes(utf8: Buffer): boolean {
    if (this.#key === undefined || this.#sought === undefined) return false;
    // In its longest spelling, percent-encoded, a character of the key takes at most twelve.
    const tail = utf8.subarray(-12 * this.#key.length).toString('utf8');
    return this.hideCutEnd(tail) !== tail;
  }

  /**
   * Whether the key may stand in a text that is given in UTF-8, in any spelling. False only when {@link hide}
   * would change nothing. It makes a string of the text only where an escape stands for something in the key.
   */
  mayBeInBytes(utf8: Uint8Array): boolean {
    if (this.#search === undefined) return false;
    const bytes = Buffer.from(utf8.buffer, utf8.byteOffset, utf8.byteLength);
    if (this.#search.isPlainIn(bytes)) return true;
    if (this.#sought === undefined || !this.#search.mayBeEscapedIn(bytes)) return false;
    const text = bytes.toString();
    return this.hide(text) !== text;
  }

  /** A text that was cut, without the beginning of a key that stood where the cut fell. */
  hideCutEnd(text: string): string {
    return this.#sought?.withoutCutKey(text) ?? text;
  }

  /** Bytes that are no text, without the key. */
  hideInBytes(bytes: Buffer): Buffer {
    if (this.#key === undefined || this.#sought === undefined) return bytes;
    const text = bytes.toString('latin1');
    const hidden = new SecretMask(latin1(this.#key), latin1(this.#masked)).hide(text);
    return hidden === text ? bytes : Buffer.from(hidden, 'latin1');
  }

  /** A URL without the key, in its path and query also where it is a whole segment or value in any spelling. */
  hideInUrl(url: string): string {
    if (this.#key === undefined) return url;
    if (!/[%+]/.test(url) && !url.includes(this.#key)) return url;
    const query = url.indexOf('?') + 1;
    const path = query === 0 ? url : url.slice(0, query - 1);
    const segments = path.split('/').map((segment) => this.#wholeValue(segment));
    const start = this.#replaceInUrl(segments.join('/'));
    return query === 0 ? start : `${start}?${this.hideInQuery(url.slice(query))}`;
  }

  /** A query or an `application/x-www-form-urlencoded` body without the key. */
  hideInQuery(query: string): string {
    if (this.#key === undefined) return query;
    // Separators stand at the odd places.
    const pairs = query.split(/([&;#])/);
    for (let index = 0; index < pairs.length; index += 2) {
      const pair = pairs[index] as string;
      const equals = pair.indexOf('=');
      if (equals < 0) continue;
      pairs[index] = `${pair.slice(0, equals)}=${this.#wholeValue(pair.slice(equals + 1))}`;
    }
    return this.#replaceInUrl(pairs.join(''));
  }

  /** Header fields without credentials, cookie values and the key. */
  hideInHeaders(headers: readonly NameValue[]): NameValue[] {
    return headers.map(({ name, value }) => ({ name, value: this.#headerValue(name, value) }));
  }

  #replaceInUrl(text: string): string {
    this.#percentMasked ??= percent(this.#masked);
    return this.#sought?.replaceIn(text, this.#percentMasked) ?? text;
  }

  #wholeValue(encoded: string): string {
    return decodeTolerantly(encoded) === this.#key ? percent(this.#masked) : encoded;
  }

  #maskCredential(value: string): string {
    if (value !== this.#lastCredential) {
      this.#lastCredential = value;
      this.#lastMask = mask(value);
    }
    return this.#lastMask;
  }

  #headerValue(name: string, value: string): string {
    const secret = this.#fields.of(name);
    if (secret === 'cookies') return value.split(';').map(hideCookieValue).join(';');
    if (secret === 'set-cookie') return hideSetCookieValue(value);
    if (secret === 'whole value') return this.#maskCredential(value);
    return value.includes('?') ? this.hideInUrl(value) : this.hide(value);
  }
}

function decodeTolerantly(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** A piece without `=` is a value without a name (RFC 6265 §5.2), so nothing of it may stay. */
function hideCookieValue(pair: string): string {
  const text = pair.trim();
  if (text === '') return pair;
  const indent = pair.startsWith(' ') ? ' ' : '';
  const equals = text.indexOf('=');
  if (equals < 0) return `${indent}[REDACTED ${text.length}]`;
  return `${indent}${text.slice(0, equals)}=[REDACTED ${text.length - equals - 1}]`;
}

function hideSetCookieValue(value: string): string {
  const end = value.indexOf(';');
  const pair = end < 0 ? value : value.slice(0, end);
  return hideCookieValue(pair) + (end < 0 ? '' : value.slice(end));
}
