/**
 * What values take in V8's heap, in bytes of a 64-bit system without pointer compression (Node.js 20 to 26).
 * Measured with `heapUsed` after JSON.parse: `{}` is 56 bytes and `[]` 32, each beside the slot that holds it,
 * so that text of three bytes becomes 64 of memory.
 */
const SLOT = 8;
const EMPTY_OBJECT = 56;
const OBJECT = 24;
const ARRAY = 32;
const ELEMENTS = 16;
const STRING = 16;
const HEAP_NUMBER = 16;
/** The first name that no object before had gives an object a hidden class with all its names so far. */
const NEW_SHAPE = 130;
const NAME_OF_SHAPE = 24;
/** Each name after it: another hidden class, and the name itself. */
const NAME_OF_NEW_SHAPE = 110;
/** Names that are array indices are kept in a hash table of their own. */
const INDEX_TABLE = 144;
const INDEX = 48;

const MOST_NAMES_SEEN = 1000;
const IS_INDEX = /^(?:0|[1-9]\d{0,9})$/;
const IS_WIDE = /[^\0-\xff]/;

/** Names of the log that ReadMe takes: V8 has them once, and what they make of objects too. */
const KNOWN = new Set(
  (
    '_id _version clientIPAddress development group id label email request log version creator name comment ' +
    'entries pageref startedDateTime time method url httpVersion headers value queryString cookies headersSize ' +
    'bodySize postData mimeType text params fileName contentType response status statusText content size encoding ' +
    'redirectURL cache timings send wait receive'
  ).split(' '),
);

/** An estimate of the memory that a value takes which JSON.parse made; it must not be nested deeply. */
export function parsedBytes(value: unknown): number {
  return SLOT + sizeOf(value, new Set());
}

function sizeOf(value: unknown, seen: Set<string>): number {
  if (typeof value === 'string') return stringBytes(value);
  // Small integers are in the slot itself.
  if (typeof value === 'number') return (value | 0) === value ? 0 : HEAP_NUMBER;
  if (typeof value !== 'object' || value === null) return 0;
  if (!Array.isArray(value)) return objectBytes(value as Record<string, unknown>, seen);
  let bytes = ARRAY + (value.length > 0 ? ELEMENTS : 0);
  for (const item of value) bytes += SLOT + sizeOf(item, seen);
  return bytes;
}

function objectBytes(object: Record<string, unknown>, seen: Set<string>): number {
  let bytes = 0;
  let names = 0;
  let indices = 0;
  let hasNewShape = false;
  for (const name in object) {
    bytes += SLOT + sizeOf(object[name], seen);
    if (IS_INDEX.test(name)) {
      indices += 1;
      continue;
    }
    names += 1;
    if (!hasNewShape && (KNOWN.has(name) || seen.has(name))) continue;
    bytes += hasNewShape ? NAME_OF_NEW_SHAPE : NEW_SHAPE + names * NAME_OF_SHAPE;
    bytes += name.length;
    hasNewShape = true;
    if (seen.size < MOST_NAMES_SEEN) seen.add(name);
  }
  if (indices > 0) bytes += INDEX_TABLE + indices * INDEX;
  return bytes + (names === 0 ? EMPTY_OBJECT : OBJECT);
}

/** A string has one byte a character, or two where any is beyond Latin-1; both to whole words. */
function stringBytes(text: string): number {
  const bytes = IS_WIDE.test(text) ? 2 * text.length : text.length;
  return STRING + Math.ceil(bytes / 8) * 8;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;

/** A value in a member or an array, with what a container costs that holds nothing. */
const CONTAINER = EMPTY_OBJECT + SLOT;
const MEMBER = INDEX_TABLE + INDEX;

/** What a JSON text can at most become, by the signs outside its strings: known before it is parsed. */
export function mostParsedBytes(json: Buffer): number {
  let bytes = 2 * json.length;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = endOfString(json, at);
      bytes += STRING;
    } else if (byte === BRACE || byte === BRACKET) bytes += CONTAINER;
    else if (byte === COMMA) bytes += SLOT + HEAP_NUMBER;
    else if (byte === COLON) bytes += MEMBER;
  }
  return bytes;
}

/** Where the closing quote is; the end of the text where there is none. */
function endOfString(json: Buffer, start: number): number {
  for (let end = json.indexOf(QUOTE, start + 1); end > 0; end = json.indexOf(QUOTE, end + 1)) {
    let escapes = 0;
    while (json[end - 1 - escapes] === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return json.length;
}
