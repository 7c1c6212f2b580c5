/** What a body claims or looks to be. `stream`: several JSON texts or events in one body. */
export type BodyFormat = 'json' | 'form' | 'multipart' | 'stream' | 'other';

const STREAM = /^text\/event-stream$|ndjson|jsonl|json-?lines|json-seq|json-stream|stream\+json/;
const JSON_SUBTYPE = /[/+.-]json/;
/** After spaces and a byte order mark, as characters of any charset that it can be misread in. */
const JSON_LOOK = /^[\s\ufeff\ufffd\xef\xbb\xbd\xbf\xfe\xff]*[{[]/;
const MULTIPART_LOOK = /^\s*--\S[\s\S]*?content-disposition:\s*form-data/i;

/** The format that a media type (in lower case, without parameters) stands for. */
export function claimedFormat(type: string): BodyFormat {
  if (STREAM.test(type)) return 'stream';
  if (JSON_SUBTYPE.test(type)) return 'json';
  if (type.includes('form-urlencoded')) return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  return 'other';
}

/**
 * Whether the first character that is not a space opens an object or an array; bytes are given as
 * latin1.
 */
export function looksLikeJson(text: string): boolean {
  return JSON_LOOK.test(text);
}

/** Whether a boundary comes first and a part of `multipart/form-data` follows (RFC 7578 §4.2). */
export function looksLikeMultipart(text: string): boolean {
  return MULTIPART_LOOK.test(text);
}
