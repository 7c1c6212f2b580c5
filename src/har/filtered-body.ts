import { type BodyContent, rawContent } from './body-content';
import {
  type BodyFormat,
  claimedFormat,
  looksLikeForm,
  looksLikeJson,
  looksLikeMultipart,
} from './body-format';
import { decodeText } from './decode';
import { formParams, formText } from './forms';
import type { HeldBody } from './held-body';
import { redactJson } from './redaction/json';
import type { Policy } from './redaction/policy';

const LEFT_OUT: BodyContent = { kind: 'left-out' };

/** What does not mean the same in every charset a form is sent in, also once percent-decoded. */
const NOT_ASCII_FORM = /[^\t\n\r\x20-\x7e]|%[89a-f]/i;

/**
 * What a denylist or an allowlist lets through of a body.
 *
 * Fails closed: a body that claims or looks to have names is never sent raw. A body without names
 * (plain text, binary) has nothing that a denylist could name, and nothing that an allowlist could.
 */
export function filtered(held: HeldBody, policy: Policy): BodyContent {
  if (held.encoded) return withheld(held);
  switch (formatOf(held)) {
    case 'json':
      return filteredJson(held, policy);
    case 'form':
      return filteredForm(held, policy);
    case 'multipart':
    case 'stream':
      return withheld(held);
    case 'other':
      return policy.mode === 'allow' ? LEFT_OUT : filteredPlain(held, policy);
  }
}

function withheld({ size }: HeldBody): BodyContent {
  return { kind: 'text', text: `[REDACTED ${size} bytes: could not be filtered]` };
}

function formatOf(held: HeldBody): BodyFormat {
  const claimed = claimedFormat(held.mediaType.type);
  if (claimed === 'stream' || claimed === 'json') return claimed;
  const readings = readingsOf(held);
  if (readings.some(looksLikeJson)) return 'json';
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

function filteredJson(held: HeldBody, policy: Policy): BodyContent {
  const { text, truncated } = held;
  if (text === undefined || truncated || hidesMoreInUtf8(held, policy)) return withheld(held);
  const result = redactJson(text, policy);
  switch (result.kind) {
    case 'passed':
      return { kind: 'text', text: result.text };
    case 'nothing':
      return LEFT_OUT;
    case 'invalid':
      return withheld(held);
  }
}

/**
 * JSON is UTF-8 (RFC 8259 §8.1) for many clients whatever the charset says, so a name may say two
 * things.
 */
function hidesMoreInUtf8({ text, bytes, mediaType }: HeldBody, policy: Policy): boolean {
  if (policy.mode !== 'deny' || mediaType.charset === undefined) return false;
  const utf8 = decodeText(bytes, undefined);
  if (utf8 === undefined || utf8 === text) return false;
  const result = redactJson(utf8, policy);
  return result.kind === 'passed' && result.text !== utf8;
}

/** A form is ASCII (WHATWG URL Standard §5); what is more is understood in UTF-8 only. */
function filteredForm(held: HeldBody, policy: Policy): BodyContent {
  const text = decodeText(held.bytes, undefined);
  if (text === undefined || held.truncated || !isUtf8Form(text, held)) return withheld(held);
  const form = formText(text, policy);
  return { kind: 'form', params: formParams(form), text: form };
}

function isUtf8Form(text: string, { mediaType: { charset } }: HeldBody): boolean {
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) return !NOT_ASCII_FORM.test(text);
  return !text.includes('\0');
}

/** `fetch` sends a string as text/plain, also when it is a form. */
function filteredPlain(held: HeldBody, policy: Policy): BodyContent {
  for (const reading of readingsOf(held).filter(looksLikeForm)) {
    const form = formText(reading, policy);
    if (form === reading) continue;
    if (held.truncated || reading !== held.text) return withheld(held);
    return { kind: 'text', text: form };
  }
  return rawContent(held);
}
