import { looksLikeForm } from '../redaction/form-look';
import { redactJsonText } from '../redaction/json-text';
import type { SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import { redactUrlsInText } from '../redaction/url-text';
import { claimedFormat, looksLikeJson } from './body-format';
import { readFormDisposition } from './content-disposition';
import { decodeText } from './decode';
import { formText } from './forms';
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
  secrets?: SecretMask,
): { params: HarParam[]; complete: boolean } | undefined {
  const boundary = parameterOf(contentType, 'boundary');
  if (!/multipart\s*\/\s*form-data\b/i.test(contentType) || !boundary) return undefined;
  const { parts, complete } = splitParts(bytes, boundary);
  if (parts.length === 0) return undefined;
  const charset = parameterOf(contentType, 'charset');
  return {
    params: parts.flatMap((part) => paramOf(part, charset, policy, logBinaryBodies, secrets)),
    complete,
  };
}

function paramOf(
  { headers, bytes: given }: Part,
  charset: string | undefined,
  policy: Policy,
  logBinaryBodies: boolean,
  secrets: SecretMask | undefined,
) {
  const disposition = readFormDisposition(headers['content-disposition'] ?? [], charset);
  const hide = (text: string) => redactUrlsInText(secrets?.hide(text) ?? text, policy);
  const name = hide(disposition.name);
  const fileName = disposition.fileName === undefined ? undefined : hide(disposition.fileName);
  const contentType = headers['content-type']?.join(', ');
  const media = mediaTypeOf([{ name: 'content-type', value: contentType ?? '' }]);
  // A part may have a charset of its own, in which nobody has looked for the key yet.
  const bytes = secrets?.hideInBytes(given, false) ?? given;
  const sent = decodeText(bytes, media.charset) ?? decodeText(bytes, undefined);
  const text = sent === undefined ? undefined : (secrets?.hide(sent) ?? sent);
  const isFile = fileName !== undefined || media.type === 'application/octet-stream';
  const param: HarParam = {
    name,
    value: '',
    ...(contentType && { contentType: hide(utf8(contentType)) }),
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
  const content = shown === sent ? bytes : Buffer.from(shown ?? '');
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
  if (claimed === 'other') {
    return looksLikeForm(text) ? formText(text, policy) : redactUrlsInText(text, policy);
  }
  return claimed === 'form' ? formText(text, policy) : redacted(text);
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
