import type { GrowingBytes } from '../record/growing-bytes';
import type { RecordBody } from '../record/read-record';
import type { NameValue } from '../record/record';
import type { SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import { WITHHELD } from '../redaction/withheld';
import { type BodyDescription, commentOn, describeBody } from './body';
import type { BodySettings } from './body-settings';
import type { DecodedBody } from './decoded-body';
import { leftOut, withheld } from './filtered-body';
import type { Side } from './har';
import { jsonReason } from './json-reason';
import { type PlainBody, writePlainBody } from './plain-body';

/**
 * Appends the members of `postData` or `content` that show a body, each with a comma before it.
 *
 * @param secrets hides the caller's key, where nothing has yet
 * @returns whether the body was withheld, wholly or in parts, because it could not be filtered
 */
export function writeBody(
  out: GrowingBytes,
  side: Side,
  body: RecordBody,
  headers: readonly NameValue[],
  policy: Policy,
  settings: BodySettings,
  secrets: SecretMask | undefined,
): boolean {
  const start = out.length;
  try {
    const described = describeBody(body, headers, policy, settings, secrets);
    if (!('plain' in described)) return writeDescription(out, side, described);
    const { plain, decoded } = described;
    return writePlain(out, side, plain, decoded, policy);
  } catch {
    // What a client can make a parser throw must not keep its requests out of the logs.
    out.length = start;
    const { content, reason } = withheld(body, 'it could not be read');
    return writeDescription(out, side, {
      size: body.size,
      content,
      ...(reason !== undefined && { comment: reason }),
    });
  }
}

/** For a body that is left out, for a reason that does not lie in the body. */
export function writeLeftOut(out: GrowingBytes, side: Side, size: number, comment: string): void {
  writeDescription(out, side, { size, content: { kind: 'left-out' }, comment });
}

function writePlain(
  out: GrowingBytes,
  side: Side,
  plain: PlainBody,
  decoded: DecodedBody,
  policy: Policy,
): boolean {
  const start = out.length;
  out.ascii(',"text":');
  const kind = writePlainBody(plain, policy, out);
  if (kind === 'passed' || kind === 'part') {
    const reason = kind === 'part' ? jsonReason(kind, plain.truncated, policy) : undefined;
    const remarks = [decoded.loss, reason].filter((remark) => remark !== undefined);
    return writeRest(out, side, decoded.size, remarks.join('; '));
  }
  out.length = start;
  const shown =
    kind === 'nothing' ? leftOut() : withheld(decoded, jsonReason(kind, plain.truncated, policy));
  const comment = commentOn(decoded, shown) ?? '';
  return writeDescription(out, side, { size: decoded.size, content: shown.content, comment });
}

function writeDescription(out: GrowingBytes, side: Side, description: BodyDescription): boolean {
  const { size, content, comment = '' } = description;
  if (side === 'response') {
    const shown = content.kind === 'multipart' ? content.unparsed : content;
    if ('text' in shown) writeText(out, shown.text);
    if (shown.kind === 'base64') out.ascii(',"encoding":"base64"');
    return writeRest(out, side, size, comment);
  }
  if (content.kind === 'form' || content.kind === 'multipart') {
    out.ascii(',"params":');
    out.utf8(JSON.stringify(content.params));
    return writeRest(out, side, size, comment);
  }
  writeText(out, 'text' in content ? content.text : '');
  // HAR 1.2 has `encoding` for responses only.
  const remarks = [content.kind === 'base64' ? 'base64' : '', comment];
  return writeRest(out, side, size, remarks.filter((remark) => remark !== '').join('; '));
}

function writeText(out: GrowingBytes, text: string): void {
  out.ascii(',"text":');
  out.utf8(JSON.stringify(text));
}

function writeRest(out: GrowingBytes, side: Side, size: number, comment: string): boolean {
  if (side === 'response') out.ascii(`,"size":${size}`);
  if (comment !== '') out.utf8(`,"comment":${JSON.stringify(comment)}`);
  return comment.includes(WITHHELD);
}
