import type { GrowingBytes } from '../record/growing-bytes';
import { redactJson } from './json';
import { appendJsonString } from './json-string';
import type { Policy } from './policy';
import type { RedactedStream, RedactStreamOptions } from './stream';
import { withheldMark } from './withheld';

const RECORD_SEPARATOR = 0x1e;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Applies a denylist or an allowlist to newline-delimited JSON, or to a JSON text sequence (RFC 7464), each
 * document on its own, and writes what it leaves behind what is in `out`: what passes keeps its bytes, a
 * document that is not JSON is replaced by a mark. Takes time in proportion to the length of the text.
 *
 * After a line that breaks off within a value all is withheld, since it may be the rest of that value: some
 * who say newline-delimited send one value on several lines.
 *
 * @param input UTF-8
 */
export function redactJsonLines(
  input: Uint8Array,
  policy: Policy,
  out: GrowingBytes,
  { cut, escaped }: RedactStreamOptions,
): RedactedStream {
  const utf8 = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const write = (start: number, end: number) => {
    if (escaped) appendJsonString(out, utf8, start, end);
    else out.copy(utf8, start, end);
  };
  const isSequence = isTextSequence(utf8);
  let withheld = 0;
  let isBlank = true;
  // Where in `out` the separator stands that was written last.
  let separator = out.length;
  const writeSeparator = (start: number, end: number) => {
    separator = out.length;
    write(start, end);
  };
  for (let start = 0, isLast = false; !isLast; ) {
    const at = utf8.indexOf(isSequence ? RECORD_SEPARATOR : NEWLINE, start);
    isLast = at < 0;
    const next = isLast ? utf8.length : at + 1;
    const isReturn = !isSequence && at > start && utf8[at - 1] === RETURN;
    const end = isLast ? utf8.length : isReturn ? at - 1 : at;
    if (isLast && cut && (isSequence || start < end)) {
      if (isSequence) out.length = separator;
      return { withheld, dropped: true, isBlank };
    }
    if (isSpace(utf8, start, end)) {
      write(start, end);
      writeSeparator(end, next);
      start = next;
      continue;
    }
    const begin = out.length;
    const document = utf8.subarray(start, end);
    const { kind, open } = redactJson(document, policy, out, { read: true, escaped });
    if (kind === 'nothing') {
      // A line goes with its end, a record with its beginning.
      if (isSequence) {
        out.length = separator;
        writeSeparator(end, next);
      }
    } else if (kind === 'passed') {
      isBlank = false;
      // What an allowlist leaves of a document has no space around it.
      if (policy.mode === 'allow' && utf8[end - 1] === NEWLINE) write(end - 1, end);
      writeSeparator(end, next);
    } else {
      isBlank = false;
      withheld += 1;
      out.length = begin;
      const restEnd = open && !isSequence ? utf8.length : end;
      const rest = utf8.toString('utf8', start, restEnd).trim();
      out.ascii(withheldMark(Buffer.byteLength(rest)));
      if (utf8[restEnd - 1] === NEWLINE) write(restEnd - 1, restEnd);
      if (restEnd > end) break;
      writeSeparator(end, next);
    }
    start = next;
  }
  return { withheld, dropped: false, isBlank };
}

function isTextSequence(utf8: Buffer): boolean {
  const separator = utf8.indexOf(RECORD_SEPARATOR);
  return separator >= 0 && isSpace(utf8, 0, separator);
}

/** Whether there is nothing but space, as `String.trim` has it. */
function isSpace(utf8: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = utf8[at] as number;
    if (byte >= 0x80) return utf8.toString('utf8', at, end).trim() === '';
    if (byte !== 0x20 && (byte < 0x09 || byte > 0x0d)) return false;
  }
  return true;
}
