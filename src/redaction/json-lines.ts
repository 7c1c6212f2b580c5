import { redactJsonText } from './json-text';
import type { Policy } from './policy';
import type { RedactedStream } from './stream';
import { withheldMark } from './withheld';

const RECORD_SEPARATOR = '\x1e';
const SEPARATORS = new RegExp(`(${RECORD_SEPARATOR})`);

/**
 * Applies a denylist or an allowlist to newline-delimited JSON, or to a JSON text sequence (RFC 7464), each
 * document on its own: what passes keeps its bytes, a document that is not JSON is replaced by a mark.
 *
 * After a line that breaks off within a value all is withheld, since it may be the rest of that value: some
 * who say newline-delimited send one value on several lines.
 *
 * @param cut the last document may be cut: it is left out
 */
export function redactJsonLines(text: string, policy: Policy, cut: boolean): RedactedStream {
  const sequence = text.trimStart().startsWith(RECORD_SEPARATOR);
  // Separators stand at the odd places.
  const pieces = text.split(sequence ? SEPARATORS : /(\r?\n)/);
  const last = pieces.length - 1;
  const dropped = cut && (sequence || pieces[last] !== '');
  if (dropped) pieces.splice(sequence ? last - 1 : last);
  let withheld = 0;
  let left = '';
  for (let index = 0; index < pieces.length; index += 2) {
    const piece = pieces[index] as string;
    const separator = pieces[index + 1] ?? '';
    const result = piece.trim() === '' ? undefined : redactJsonText(piece, policy, true);
    if (result === undefined) {
      left += piece + separator;
    } else if (result.kind === 'passed') {
      left += result.text;
      if (piece.endsWith('\n') && !result.text.endsWith('\n')) left += '\n';
      left += separator;
    } else if (result.kind === 'nothing') {
      // A line goes with its end, a record with its beginning.
      if (sequence) left = left.slice(0, -1) + separator;
    } else {
      withheld += 1;
      const rest = result.open && !sequence ? pieces.slice(index).join('') : piece;
      left += withheldMark(Buffer.byteLength(rest.trim())) + (/\n$/.exec(rest)?.[0] ?? '');
      if (rest !== piece) break;
      left += separator;
    }
  }
  return { text: left, withheld, dropped };
}
