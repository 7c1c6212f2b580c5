import { claimedFormat } from '../har/body-format';
import { fieldValues } from '../har/fields';
import { mediaTypeOf } from '../har/media-type';
import type { NameValue } from '../record/record';

/**
 * Bytes of a body that are filtered at the end of the request, where nothing may hold the event loop for more
 * than 5 ms, both bodies together. JSON in UTF-8 is filtered in one pass over its bytes; all else has to be read
 * as a string, and takes several times as long. It is also the most that a content-encoding may unpack to.
 */
export const LONGEST_JSON = 16 * 1024;
export const LONGEST_OTHER = 8 * 1024;
/** Characters of a URL, whose query is left out of a longer one; also of all header fields that may hold URLs. */
export const LONGEST_URL = 2 * 1024;

/** These unpack into a window of up to 16 MiB before their first byte is there, which takes too long. */
const WIDE_WINDOW = /\b(?:br|zstd)\b/i;

/** How many bytes of a body may be filtered, and what to say of a longer one. */
export function boundsOf(headers: readonly NameValue[]): { longest: number; reason: string } {
  if (WIDE_WINDOW.test(fieldValues(headers, 'content-encoding').join())) {
    return { longest: 0, reason: 'filterSpans does not undo this content-encoding' };
  }
  const { type, charset } = mediaTypeOf(headers);
  const isJson = claimedFormat(type) === 'json';
  const isUtf8 = charset === undefined || /^utf-?8$/i.test(charset);
  const longest = isJson && isUtf8 ? LONGEST_JSON : LONGEST_OTHER;
  return { longest, reason: `longer than the ${longest} bytes that filterSpans filters` };
}

/** A URL whose query can be filtered in time; of a longer one, in place of the query stands how long it was. */
export function boundedUrl(url: string): string {
  const query = url.search(/[?#]/);
  if (url.length <= LONGEST_URL || query < 0) return url;
  return `${url.slice(0, query)}?${encodeURIComponent(`[REDACTED ${url.length - query - 1}]`)}`;
}

/** Their values are hidden, and not looked through for names. */
const HIDDEN_WHOLE = /^(?:cookie|set-cookie|authorization|proxy-authorization)$/i;
/** What says how to read the body is short, and needed. */
const OF_BODY = /^content-(?:type|encoding)$/i;
const LONGEST_OF_BODY = 256;

/** Header fields that can be filtered in time: in place of values with too many names in all stands how long they were. */
export function boundedFields(headers: readonly NameValue[]): NameValue[] {
  let characters = 0;
  return headers.map((field) => {
    const { name, value } = field;
    if (!value.includes('=') || HIDDEN_WHOLE.test(name)) return field;
    if (OF_BODY.test(name) && value.length <= LONGEST_OF_BODY) return field;
    characters += value.length;
    return characters > LONGEST_URL ? { name, value: `[REDACTED ${value.length}]` } : field;
  });
}
