import type { BodyRecord, NameValue } from '../spans/span-record';
import { type BodyContent, rawContent } from './body-content';
import { claimedFormat, looksLikeJson } from './body-format';
import { type FilteredBody, filtered } from './filtered-body';
import { formParams } from './forms';
import { type HeldBody, holdBody } from './held-body';
import type { SecretMask } from './redaction/mask';
import type { Policy } from './redaction/policy';

export interface BodyDescription {
  /** Bytes of the decoded body, or of the body on the wire where the former is not known. */
  size: number;
  content: BodyContent;
  comment?: string;
}

/**
 * How a log shows a body: as text, as fields, as base64, withheld or not at all.
 *
 * @param maxBodyBytes most bytes that a content-encoding may unpack to
 * @param secrets hides the caller's key, where nobody has yet
 */
export function describeBody(
  body: BodyRecord,
  headers: readonly NameValue[],
  policy: Policy,
  maxBodyBytes: number,
  secrets?: SecretMask,
): BodyDescription {
  if (body.loss === 'budget') {
    const comment = 'left out: maxBufferedBytes was used up';
    return { size: body.size, content: { kind: 'left-out' }, comment };
  }
  if (body.size === 0) return { size: 0, content: { kind: 'text', text: '' } };
  const held = holdBody(body, headers, maxBodyBytes, secrets);
  const free = policy.mode === 'none' || held.size === 0;
  const { content, reason }: FilteredBody = free
    ? { content: unfiltered(held) }
    : filtered(held, policy);
  const comment = commentOn(held, content, reason);
  return { size: held.size, content, ...(comment !== undefined && { comment }) };
}

function unfiltered(held: HeldBody): BodyContent {
  const content = rawContent(held);
  if (content.kind !== 'text' || claimedFormat(held.mediaType.type) !== 'form') return content;
  const { text } = content;
  // `curl -d '{…}'` says form and means JSON.
  if (looksLikeJson(text) && (held.truncated || isJson(text))) return content;
  return { kind: 'form', params: formParams(text), text };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function commentOn(
  { truncated, kept, size }: HeldBody,
  content: BodyContent,
  reason?: string,
): string | undefined {
  if (content.kind === 'left-out' || !truncated) return reason;
  const cut = `truncated: ${kept} of ${size} bytes kept`;
  return reason === undefined ? cut : `${cut}; ${reason}`;
}
