import { GrowingBytes } from '../record/growing-bytes';
import { redactEvents } from '../redaction/events';
import { redactJsonLines } from '../redaction/json-lines';
import type { Policy } from '../redaction/policy';
import { WITHHELD } from '../redaction/withheld';
import type { FilteredBody } from './body-content';
import { decodeText } from './decode';
import type { HeldBody } from './held-body';

/**
 * What a denylist or an allowlist lets through of server-sent events or newline-delimited JSON, which are
 * UTF-8 whatever the charset says (HTML Standard §9.2.5).
 *
 * @returns undefined when the body says something else in the charset declared
 */
export function filteredStream(held: HeldBody, policy: Policy): FilteredBody | undefined {
  const { bytes, text, truncated, mediaType } = held;
  const utf8 = decodeText(bytes, undefined, truncated);
  if (utf8 === undefined || utf8 !== text || utf8.includes('\0')) return undefined;
  const events = mediaType.type === 'text/event-stream';
  const out = new GrowingBytes(bytes.length);
  const redact = events ? redactEvents : redactJsonLines;
  const stream = redact(Buffer.from(utf8), policy, out, { cut: truncated, escaped: false });
  if (stream.isBlank && policy.mode === 'allow') {
    return { content: { kind: 'left-out' }, reason: 'left out: not on the allowlist' };
  }
  const reasons: string[] = [];
  const { withheld, dropped } = stream;
  if (withheld > 0) {
    const what = events ? 'of the events' : 'of the lines';
    reasons.push(`${WITHHELD}${withheld} ${what}, not valid JSON`);
  }
  if (dropped) reasons.push(`left out: the last ${events ? 'event' : 'line'}, which may be cut`);
  return {
    content: { kind: 'text', text: out.written.toString() },
    ...(reasons.length > 0 && { reason: reasons.join('; ') }),
  };
}
