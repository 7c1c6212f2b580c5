import { redactJsonText } from '../redaction/json-text';
import type { Policy } from '../redaction/policy';
import { claimedFormat, looksLikeJson } from './body-format';
import { readFormDisposition } from './content-disposition';
import { decodeText } from './decode';
import type { HarParam } from './har';
import { isUnreadable, type MediaType, mediaTypeOf, parameterOf } from './media-type';
import { type Part, splitParts } from './multipart-parts';

/**
 * Fields and files of a `multipart/form-data` body (RFC 7578) as HAR 1.2 §params, in order and with
 * duplicates.
 *
 * A denied field becomes `[REDACTED <length>]`, a denied file `[REDACTED]` without its name; what an
 * allowlist does not name is left out. A field whose header can be read in several ways counts as
 * named by a denylist, and as not named by an allowlist.
 *
 * @returns `complete` is false when something follows the last whole part that is not the end;
 *   undefined when there is no whole part, or the body is no form
 */
export function multipartParams(
  bytes: Buffer,
  contentType: string,
  policy: Policy,
  logBinaryBodies: boolean,
): { params: HarParam[]; complete: boolean } | undefined {
  const boundary = parameterOf(contentType, 'boundary');
  if (!/^\s*multipart\/form-data\b/i.test(contentType) || !boundary) return undefined;
  const { parts, complete } = splitParts(bytes, boundary);
  if (parts.length === 0) return undefined;
  return { params: parts.flatMap((part) => paramOf(part, policy, logBinaryBodies)), complete };
}

function paramOf({ headers, bytes }: Part, policy: Policy, logBinaryBodies: boolean) {
  const disposition = readFormDisposition(headers['content-disposition'] ?? []);
  const { name, fileName } = disposition;
  const contentType = headers['content-type']?.[0];
  const media = mediaTypeOf([{ name: 'content-type', value: contentType ?? '' }]);
  const text = decodeText(bytes, media.charset) ?? decodeText(bytes, undefined);
  const isFile = fileName !== undefined || media.type === 'application/octet-stream';
  const param: HarParam = {
    name,
    value: '',
    ...(contentType && { contentType: utf8(contentType) }),
  };
  const hidden =
    policy.mode !== 'none' &&
    (!disposition.clear || disposition.names.some((reading) => policy.hides(reading)));
  if (hidden) {
    if (policy.mode === 'allow') return [];
    return { ...param, value: redacted(isFile ? undefined : text) };
  }
  const shown = text === undefined ? undefined : filteredText(text, media, policy);
  if (!isFile && shown !== undefined) return { ...param, value: shown };
  const file = { ...param, ...(fileName !== undefined && { fileName }) };
  const start = dataUrl(media.type, fileName);
  if (!logBinaryBodies && isUnreadable(media.type, text)) {
    const comment = `left out: ${bytes.length} bytes, binary, and logBinaryBodies is false`;
    return { ...file, value: start, comment };
  }
  const content = shown === text ? bytes : Buffer.from(shown ?? '');
  return { ...file, value: start + content.toString('base64') };
}

/** A part that is JSON or a form has names of its own, which a denylist may name as well. */
function filteredText(text: string, { type }: MediaType, policy: Policy): string {
  if (policy.mode !== 'deny') return text;
  const claimed = claimedFormat(type);
  if (claimed === 'json' || looksLikeJson(text)) {
    const result = redactJsonText(text, policy);
    return result.kind === 'passed' ? result.text : redacted(text);
  }
  return claimed === 'other' ? text : redacted(text);
}

function redacted(text: string | undefined): string {
  return text === undefined ? '[REDACTED]' : `[REDACTED ${text.length}]`;
}

/** RFC 2397, with the name in it as ReadMe's SDKs have it. */
function dataUrl(type: string, fileName: string | undefined): string {
  const name = fileName === undefined ? '' : `;name=${encodeURIComponent(fileName)}`;
  return `data:${type || 'application/octet-stream'}${name};base64,`;
}

function utf8(value: string): string {
  return decodeText(Buffer.from(value, 'latin1'), undefined) ?? value;
}
