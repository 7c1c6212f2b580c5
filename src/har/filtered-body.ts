import { looksLikeForm, looksLikePlainForm } from '../redaction/form-look';
import { type RedactedJsonText, redactJsonText } from '../redaction/json-text';
import type { SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import { redactUrlsInText } from '../redaction/url-text';
import { WITHHELD, withheldMark } from '../redaction/withheld';
import { type FilteredBody, rawContent } from './body-content';
import { type BodyFormat, claimedFormat, looksLikeJson, looksLikeMultipart } from './body-format';
import { decodeText } from './decode';
import { filteredStream } from './filtered-stream';
import { formParams, formText, plainFormText } from './forms';
import type { HeldBody } from './held-body';
import { jsonReason } from './json-reason';
import { isBinary } from './media-type';
import { multipartBody } from './multipart-body';

/** What does not mean the same in every charset a form is sent in, also once percent-decoded. */
const NOT_ASCII_FORM = /[^\t\n\r\x20-\x7e]|%[89a-f]/i;

/**
 * What a denylist or an allowlist lets through of a body.
 *
 * Fails closed: a body that claims or looks to have names is sent only as far as it was understood. A body
 * without names (plain text, binary) has nothing that a denylist could name, and nothing that an allowlist
 * could.
 */
export function filtered(held: HeldBody, policy: Policy, secrets?: SecretMask): FilteredBody {
  if (held.encoded) return withheld(held, 'its content-encoding cannot be undone');
  switch (formatOf(held)) {
    case 'json':
      return filteredJson(held, policy);
    case 'form':
      return filteredForm(held, policy);
    case 'stream':
      return filteredStream(held, policy) ?? withheld(held, 'not UTF-8');
    case 'multipart':
      return multipart(held, policy, secrets);
    case 'other':
      return policy.mode === 'allow' ? leftOut() : filteredPlain(held, policy);
  }
}

function multipart(held: HeldBody, policy: Policy, secrets?: SecretMask): FilteredBody {
  const none = withheld(held, 'no part of the multipart body could be read');
  return multipartBody(held, policy, none.content, secrets) ?? none;
}

export function leftOut(): FilteredBody {
  return { content: { kind: 'left-out' }, reason: 'left out: not on the allowlist' };
}

/** A body of which nothing can be sent. */
export function withheld({ size }: Pick<HeldBody, 'size'>, because: string): FilteredBody {
  return { content: { kind: 'text', text: withheldMark(size) }, reason: `${WITHHELD}${because}` };
}

function formatOf(held: HeldBody): BodyFormat {
  const claimed = claimedFormat(held.mediaType.type);
  if (claimed === 'stream' || claimed === 'json') return claimed;
  const readings = readingsOf(held);
  if (readings.some(isTextSequence)) return 'stream';
  if (readings.some(looksLikeJson) || readings.some(isQuoted)) return 'json';
  if (readings.some(looksLikeMultipart)) return 'multipart';
  return claimed;
}

/**
 * The body as text in the charset declared, and its bytes as ASCII and more: a wrong charset can
 * make any text of them. Without NUL, for that is what sets ASCII in UTF-16 and UTF-32 apart.
 */
function readingsOf({ text, bytes }: HeldBody): string[] {
  const ascii = bytes.toString('latin1').replaceAll('\0', '');
  return text === undefined || text === ascii ? [ascii] : [text, ascii];
}

/** RFC 7464, whatever the media type. */
function isTextSequence(text: string): boolean {
  return text.trimStart().startsWith('\x1e');
}

/** A text that was written as JSON twice, under any media type. */
function isQuoted(text: string): boolean {
  if (!/^\s*"/.test(text)) return false;
  try {
    return typeof JSON.parse(text) === 'string';
  } catch {
    return false;
  }
}

function filteredJson(held: HeldBody, policy: Policy): FilteredBody {
  const { text, truncated } = held;
  if (text === undefined) return withheld(held, 'not text in its charset');
  const result = redactJsonText(text, policy, truncated);
  if (hidesMoreInUtf8(held, policy, result)) {
    return withheld(held, 'its charset gives names that UTF-8 does not');
  }
  switch (result.kind) {
    case 'passed':
      return { content: { kind: 'text', text: result.text } };
    case 'nothing':
      return leftOut();
    case 'part':
      if (result.text === '') return leftOut();
      return {
        content: { kind: 'text', text: result.text },
        reason: jsonReason(result.kind, truncated, policy),
      };
    case 'invalid':
      return withheld(held, jsonReason(result.kind, truncated, policy));
  }
}

/**
 * JSON is UTF-8 (RFC 8259 §8.1) for many clients whatever the charset says, so a name may say two
 * things.
 */
function hidesMoreInUtf8(held: HeldBody, policy: Policy, { kind }: RedactedJsonText): boolean {
  const { text, bytes, mediaType, inUtf8, truncated } = held;
  if (policy.mode !== 'deny') return false;
  if (mediaType.charset === undefined && inUtf8 === undefined) return false;
  const utf8 = inUtf8 ?? decodeText(bytes, undefined, truncated);
  if (utf8 === undefined || utf8 === text) return false;
  const result = redactJsonText(utf8, policy, truncated);
  if (result.kind === 'part') return kind === 'part';
  return result.kind === 'passed' && result.text !== utf8;
}

/** A form is ASCII (WHATWG URL Standard §5); what is more is understood in UTF-8 only. */
function filteredForm(held: HeldBody, policy: Policy): FilteredBody {
  const { bytes, truncated } = held;
  const text = decodeText(bytes, undefined, truncated);
  if (text === undefined || !isUtf8Form(text, held)) return withheld(held, 'a form not in UTF-8');
  const end = truncated ? text.lastIndexOf('&') : text.length;
  if (end < 0) return withheld(held, 'no field of the form was kept whole');
  const form = formText(text.slice(0, end), policy);
  return {
    content: { kind: 'form', params: formParams(form), text: form },
    ...(truncated && { reason: 'filtered: only the leading fields that are whole are sent' }),
  };
}

function isUtf8Form(text: string, { mediaType: { charset } }: HeldBody): boolean {
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) return !NOT_ASCII_FORM.test(text);
  return !text.includes('\0');
}

/** `fetch` sends a string as text/plain, also when it is a form. */
function filteredPlain(held: HeldBody, policy: Policy): FilteredBody {
  for (const reading of readingsOf(held).filter(looksLikeForm)) {
    const form = formText(reading, policy);
    if (form === reading) continue;
    // What UTF-16 looks like when nobody says that it is: half of its names would be read wrongly.
    if (reading.includes('\0')) return withheld(held, 'a form not in UTF-8');
    if (reading !== held.text) return withheld(held, 'a form not in UTF-8');
    if (held.truncated) return withheld(held, 'a form without a Content-Type, cut short');
    return { content: { kind: 'text', text: form } };
  }
  const content = rawContent(held);
  if (content.kind !== 'text') {
    // Of text in a charset that is not known, the URLs are read as far as they are ASCII.
    const [ascii = ''] = readingsOf(held).slice(-1);
    if (redactUrlsInText(ascii, policy) === ascii || isBinary(held.mediaType.type))
      return { content };
    return withheld(held, 'text in a charset that is not known');
  }
  if (content.text.includes('\0')) {
    const [ascii = ''] = readingsOf(held).slice(-1);
    if (redactUrlsInText(ascii, policy) !== ascii) {
      return withheld(held, 'text in a charset that is not known');
    }
  }
  const text = looksLikePlainForm(content.text)
    ? plainFormText(content.text, policy)
    : content.text;
  return { content: { kind: 'text', text: redactUrlsInText(text, policy) } };
}
