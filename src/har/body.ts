import type { RecordBody } from '../record/read-record';
import type { NameValue } from '../record/record';
import type { SecretMask } from '../redaction/mask';
import { compilePolicy, type Policy } from '../redaction/policy';
import { type BodyContent, type FilteredBody, rawContent } from './body-content';
import { claimedFormat, looksLikeJson } from './body-format';
import type { BodySettings } from './body-settings';
import { type DecodedBody, decodeBody } from './decoded-body';
import { filtered, withheld } from './filtered-body';
import { formParams } from './forms';
import { type HeldBody, holdBody } from './held-body';
import { isUnreadable } from './media-type';
import { multipartBody } from './multipart-body';
import { type PlainBody, plainBody } from './plain-body';

const NO_LISTS = compilePolicy({});
const EMPTY: BodyDescription = { size: 0, content: { kind: 'text', text: '' } };

/** How a log shows a body that was read as a string: as text, as fields, as base64, withheld or not at all. */
export interface BodyDescription {
  /** Bytes of the decoded body, or of the body on the wire where the former is not known. */
  size: number;
  content: BodyContent;
  comment?: string;
}

/**
 * What a log shows of a body: bytes that need not be a string for it, or what was made of the string.
 *
 * @param secrets hides the caller's key, where nothing has yet
 */
export function describeBody(
  body: RecordBody,
  headers: readonly NameValue[],
  policy: Policy,
  settings: BodySettings,
  secrets?: SecretMask,
): BodyDescription | { plain: PlainBody; decoded: DecodedBody } {
  if (body.loss === 'buffer_full') {
    const comment = 'left out: maxBufferedBytes was used up';
    return { size: body.size, content: { kind: 'left-out' }, comment };
  }
  if (body.loss === 'unseen') {
    const comment =
      'left out: not seen, something was sent without a response head, as by writing to the socket itself';
    return { size: 0, content: { kind: 'left-out' }, comment };
  }
  if (body.loss === 'sent_from_file') {
    const comment =
      'left out: not seen, Node.js sends it from a file (respondWithFile, respondWithFD)';
    return { size: body.size, content: { kind: 'left-out' }, comment };
  }
  if (body.size === 0) return EMPTY;
  const decoded = decodeBody(body, headers, settings.maxBodyBytes);
  const plain = plainBody(decoded, headers, policy, secrets);
  if (plain !== undefined) return { plain, decoded };
  return describeText(decoded, headers, policy, settings, secrets);
}

/** The same of a body that is read as a string, whatever it is. */
export function describeText(
  decoded: DecodedBody,
  headers: readonly NameValue[],
  policy: Policy,
  { logBinaryBodies }: BodySettings,
  secrets?: SecretMask,
): BodyDescription {
  const held = holdBody(decoded, headers, logBinaryBodies, secrets);
  if (held.encoded && secrets?.hasKey) {
    // The caller's key may be in there, and nothing can look.
    const { content, reason = '' } = withheld(held, 'its content-encoding cannot be undone');
    return { size: held.size, content, comment: reason };
  }
  const free = policy.mode === 'none' || held.size === 0;
  const shown = withoutBinary(
    free ? unfiltered(held, secrets) : filtered(held, policy, secrets),
    held,
  );
  const comment = commentOn(held, shown);
  return { size: held.size, content: shown.content, ...(comment !== undefined && { comment }) };
}

function unfiltered(held: HeldBody, secrets: SecretMask | undefined): FilteredBody {
  const content = rawContent(held);
  const format = claimedFormat(held.mediaType.type);
  if (format === 'multipart') {
    return multipartBody(held, NO_LISTS, content, secrets) ?? unparsed(held, content);
  }
  if (content.kind !== 'text' || format !== 'form') return { content };
  const { text } = content;
  // `curl -d '{…}'` says form and means JSON.
  if (looksLikeJson(text) && (held.truncated || isJson(text))) return { content };
  return { content: { kind: 'form', params: formParams(text), text } };
}

/** Of an upload that was cut in its first file, or is none, text is shown and files are not. */
function unparsed({ logBinaryBodies }: HeldBody, content: BodyContent): FilteredBody {
  const isText = content.kind === 'text' && !content.text.includes('\0');
  if (isText || logBinaryBodies) return { content };
  return {
    content: { kind: 'left-out' },
    reason: 'left out: no part of it is whole, and logBinaryBodies is false',
  };
}

/** Leaves out what came through as it is and nobody reads. */
function withoutBinary(body: FilteredBody, held: HeldBody): FilteredBody {
  const { content } = body;
  const isRaw =
    content.kind === 'base64' || (content.kind === 'text' && content.text === held.text);
  if (held.logBinaryBodies || held.size === 0 || !isRaw) return body;
  if (!isUnreadable(held.mediaType.type, held.text)) return body;
  return {
    content: { kind: 'left-out' },
    reason: 'left out: binary, and logBinaryBodies is false',
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function commentOn(
  { loss }: DecodedBody,
  { content, reason }: FilteredBody,
): string | undefined {
  // Of what was left out, it does not matter how much of it there was.
  if (content.kind === 'left-out') return reason;
  const remarks = [loss, reason].filter((remark) => remark !== undefined);
  return remarks.length === 0 ? undefined : remarks.join('; ');
}
