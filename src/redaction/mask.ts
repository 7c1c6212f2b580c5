import type { NameValue } from '../record/record';
import { hideCookies, hideSetCookies } from './cookie-values';
import { type KeyForm, keyForms, replaceAnyCase, wideForms } from './key-forms';
import { carriesKey, SecretFields, secretIn } from './key-headers';
import { KeyInBytes } from './key-in-bytes';
import { KeySearch } from './key-search';
import { KeySpellings, percent } from './key-spellings';
import { mask } from './masked';

export { isMasked, mask, maskOfCaller } from './masked';

/** Whether of a header field no value stays, whoever the caller is. */
export function hidesWhole(name: string): boolean {
  const field = name.toLowerCase();
  return isCookie(field) || carriesKey(field);
}

/** Whether a header field holds cookies of a request: all but their names is hidden. */
export function isCookie(name: string): boolean {
  return secretIn(name.toLowerCase()) === 'cookies';
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
  /** The key as it is, and as it is read in a wrong charset. */
  readonly #forms: readonly string[] = [];
  /** For each of them; none for a key that is too short to be sought in texts. */
  readonly #sought: readonly KeySpellings[] = [];
  readonly #search: readonly KeySearch[] = [];
  #wide: readonly KeyForm[] | undefined;
  #inBytes: KeyInBytes | undefined;
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
    if (key === undefined) return;
    this.#forms = keyForms(key);
    this.#search = this.#forms.map((form) => new KeySearch(form));
    if (key.length < SHORTEST_KEY_TO_SEEK) return;
    this.#sought = this.#forms.map((form) => new KeySpellings(form, masked));
  }

  /** Whether there is a key to hide. */
  get hasKey(): boolean {
    return this.#key !== undefined;
  }

  /** Whether the key stands in a text without any escape. */
  isIn(text: string): boolean {
    for (const form of this.#forms) if (text.includes(form)) return true;
    return false;
  }

  /** Whether the key stands in the name of a header field, whose case proxies and HTTP/2 change. */
  isInName(name: string): boolean {
    for (const form of this.#forms) {
      if (name.length >= form.length && name.toLowerCase().includes(form.toLowerCase()))
        return true;
    }
    return false;
  }

  /** A header or cookie value, or a whole text, without the key. */
  hide(text: string): string {
    if (this.#key === undefined) return text;
    if (this.#isKey(text)) return this.#masked;
    const space = text.indexOf(' ');
    if (space > 0 && this.#isKey(text.slice(space + 1).trim())) {
      return `${text.slice(0, space)} ${this.#masked}`;
    }
    return this.#replaceIn(text, this.#masked);
  }

  /** Whether bytes that were cut may end with the beginning of the key. */
  mayEndBytes(utf8: Buffer): boolean {
    if (this.#key === undefined || this.#sought.length === 0) return false;
    // In its longest spelling, percent-encoded and that again, a character of the key takes at most so many.
    const tail = utf8
      .subarray(-24 * Math.max(...this.#forms.map(({ length }) => length)))
      .toString();
    return this.hideCutEnd(tail) !== tail;
  }

  /**
   * Whether the key may stand in a text without NUL that is given in UTF-8, in any spelling. False only when {@link hide}
   * would change nothing. It makes a string of the text only where an escape stands for something in the key.
   */
  mayBeInBytes(utf8: Uint8Array): boolean {
    const bytes = Buffer.from(utf8.buffer, utf8.byteOffset, utf8.byteLength);
    for (const search of this.#search) if (search.isPlainIn(bytes)) return true;
    if (this.#sought.length === 0) return false;
    for (const search of this.#search) {
      if (search.mayBeEscapedIn(bytes)) {
        const text = bytes.toString();
        return this.hide(text) !== text;
      }
    }
    return false;
  }

  /** A text that was cut, without the beginning of a key that stood where the cut fell. */
  hideCutEnd(text: string): string {
    let left = text;
    for (const spellings of this.#sought) left = spellings.withoutCutKey(left);
    if (this.#sought.length === 0 || !left.includes('\0')) return left;
    for (const { key, masked } of this.#wideForms) {
      left = new KeySpellings(key, masked).withoutCutKey(left);
    }
    return left;
  }

  /** Bytes that are no text, or in no charset that is known, without the key and without a beginning at a cut. */
  hideInBytes(bytes: Buffer, cut: boolean): Buffer {
    if (this.#key === undefined || this.#sought.length === 0) return bytes;
    this.#inBytes ??= new KeyInBytes(this.#key, this.#masked);
    return this.#inBytes.hideIn(bytes, cut);
  }

  /** A URL without the key, in its path and query also where it is a whole segment or value in any spelling. */
  hideInUrl(url: string): string {
    if (this.#key === undefined) return url;
    if (!/[%+]/.test(url) && !this.isIn(url)) return url;
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
    return headers.map(({ name, value }) => ({
      name: this.#headerName(name),
      value: this.#headerValue(name, value),
    }));
  }

  readonly #hide = (text: string) => this.hide(text);

  #isKey(text: string): boolean {
    return text === this.#key || (this.#forms.length > 1 && this.#forms.includes(text));
  }

  #replaceIn(text: string, plain: string): string {
    let result = text;
    for (const spellings of this.#sought) result = spellings.replaceIn(result, plain);
    if (this.#sought.length === 0 || !text.includes('\0')) return result;
    for (const { key, masked } of this.#wideForms) result = result.replaceAll(key, () => masked);
    return result;
  }

  get #wideForms(): readonly KeyForm[] {
    this.#wide ??= this.#forms.flatMap((form) => wideForms(form, this.#masked));
    return this.#wide;
  }

  #headerName(name: string): string {
    if (this.#sought.length === 0 || !this.isInName(name)) return name;
    return this.#forms.reduce((left, form) => replaceAnyCase(left, form, this.#masked), name);
  }

  #replaceInUrl(text: string): string {
    this.#percentMasked ??= percent(this.#masked);
    return this.#replaceIn(text, this.#percentMasked);
  }

  #wholeValue(encoded: string): string {
    return this.#isKey(decodeTolerantly(encoded)) ? percent(this.#masked) : encoded;
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
    if (secret === 'cookies') return hideCookies(value, this.#hide);
    if (secret === 'set-cookie') return hideSetCookies(value, this.#hide);
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
