import type { Policy } from './policy';

/** As JSON begins that is an object or an array, percent-encoded or not. */
const JSON_BEGINS = /^(?:\s|\+|%(?:25)*(?:20|0[ad]))*(?:[{[]|%(?:25)*[57]b)/i;

const MOST_ENCODINGS = 5;

/** What was found out about a value in a query. */
interface JsonValue {
  /** The index of the first piece that is not of it. */
  readonly end: number;
  /** Where it begins in its first piece, when it holds credentials. */
  readonly hiddenFrom: number | undefined;
}

/**
 * Whether the value of a pair is JSON with credentials in it, as GraphQL's `variables` may be, however many times it is
 * percent-encoded. In JSON that is not, `;` ends nothing.
 *
 * @param pieces pairs and, at the odd places, what separates them: `&` or `;`
 * @returns undefined when it is no JSON
 */
export function jsonAt(
  pieces: readonly string[],
  index: number,
  policy: Policy,
  decode: (text: string) => string,
): JsonValue | undefined {
  const piece = pieces[index] as string;
  const start = piece.indexOf('=') + 1;
  if (start === 0 || !JSON_BEGINS.test(piece.slice(start))) return undefined;
  let end = index + 1;
  while (pieces[end] === ';') end += 2;
  let text = pieces.slice(index, end).join('').slice(start);
  let isHidden = policy.hidesCredentialsIn(text);
  for (let times = 0; !isHidden && text.includes('%'); times += 1) {
    if (times === MOST_ENCODINGS) break;
    text = decode(text);
    isHidden = policy.hidesCredentialsIn(text);
  }
  return { end, hiddenFrom: isHidden ? start : undefined };
}
