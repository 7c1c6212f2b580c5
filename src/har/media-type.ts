import { parse } from 'content-type';
import type { NameValue } from '../record/record';
import { claimedFormat, looksLikeJson } from './body-format';
import { fieldValues } from './fields';

/** A Content-Type as far as it says how to read the body. */
export interface MediaType {
  /** Type and subtype in lower case; the empty string when there is no Content-Type. */
  readonly type: string;
  /** Label as sent. */
  readonly charset?: string;
}

/** An API has a few media types, and says them with every message. */
const known = new Map<string, MediaType>();
const MOST_KNOWN = 100;

/**
 * The Content-Type of a message (RFC 9110 §8.3), read tolerantly: applications send broken ones.
 */
export function mediaTypeOf(headers: readonly NameValue[]): MediaType {
  const value = contentTypeOf(headers);
  let mediaType = known.get(value);
  if (mediaType === undefined) {
    mediaType = parseMediaType(value);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(value, mediaType);
  }
  return mediaType;
}

/** What is sent as Content-Type, of several fields all. */
export function contentTypeOf(headers: readonly NameValue[]): string {
  const values = fieldValues(headers, 'content-type');
  return values.length > 1 ? values.join(', ') : (values[0] ?? '');
}

function parseMediaType(value: string): MediaType {
  const charset = parameterOf(value, 'charset')?.replace(/^'(.*)'$/, '$1');
  return {
    type: typeOf(value),
    ...(charset && { charset }),
  };
}

/** More than a Content-Type has in earnest. */
const MOST_TYPES = 10;

/**
 * Of several types, the first that has names: who sends two may mean either. Quotes, spaces around the slash and a
 * parameter without a semicolon before it are faults that programs make.
 */
function typeOf(value: string): string {
  const types = value
    .split(',', MOST_TYPES)
    .map((type) => bareType(/^[^;]*/.exec(type)?.[0] ?? ''));
  return types.find((type) => claimedFormat(type) !== 'other') ?? types[0] ?? '';
}

function bareType(text: string): string {
  const type = text
    .replace(/["']/g, '')
    .replace(/\s*([/+])\s*/g, '$1')
    .trim();
  return (/^\S*/.exec(type)?.[0] ?? '').toLowerCase();
}

/** Media, archives, programs and documents of office software. */
const BINARY =
  /^(image|audio|video|font)\/(?!.*xml$)|^application\/(octet-stream|pdf|wasm|epub\+zip|java-archive|msword|rtf|zip|gzip|zstd|x-(g?zip|gtar|tar|7z-compressed|rar|rar-compressed|bzip2?|xz|zip-compressed|font-.*|shockwave-flash|iso9660-image)|font-.*|vnd\.(rar|apple\..*|android\.package-archive|debian\.binary-package|oasis\.opendocument\..*|openxmlformats-officedocument\..*|ms-(excel|powerpoint|fontobject|cab-compressed)\b.*))$/;

/** Whether a media type stands for what nobody reads in a log, unless it is text all the same. */
export function isBinary(type: string): boolean {
  return BINARY.test(type);
}

/**
 * Whether nobody reads a body of this media type in a log: images, audio, video, fonts, archives
 * and the like. SVG is text. What comes under such a type and is JSON is read all the same, and so
 * is any text under `application/octet-stream`, which says nothing.
 *
 * @param text the body, where it is text
 */
export function isUnreadable(type: string, text: string | undefined): boolean {
  if (!isBinary(type)) return false;
  if (text === undefined || text.includes('\0')) return true;
  return type !== 'application/octet-stream' && !looksLikeJson(text);
}

/** A parameter of a Content-Type, read from broken ones too. */
export function parameterOf(contentType: string, name: 'charset' | 'boundary'): string | undefined {
  try {
    return parse(contentType).parameters[name];
  } catch {
    return new RegExp(`[;,\\s]\\s*${name}\\s*=\\s*"?([^\\s";,]+)`, 'i').exec(contentType)?.[1];
  }
}
