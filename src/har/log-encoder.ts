import { randomUUID } from 'node:crypto';
import type { ReadmeLog } from './readme-log';

/** Stands for a body in the JSON of a log. Nobody outside this process can know it, or have it in a log. */
const PLACEHOLDER = `verbatim-${randomUUID()}-`;
const ASCII = /^[\0-\x7f]*$/;

/**
 * Makes the JSON of one log, in which bodies may stand for bytes that were never a string.
 *
 * A string with a character for each byte becomes JSON faster than one of the characters that the bytes
 * mean, and JSON of it, written with a byte for each character, is UTF-8 again.
 */
export class LogEncoder {
  /** UTF-8, a character for each byte. */
  readonly #bodies: string[] = [];

  /** @returns what stands for a body of UTF-8 in the log until it is encoded. */
  readonly verbatim = (utf8: string): string => {
    return `${PLACEHOLDER}${this.#bodies.push(utf8) - 1}`;
  };

  /** @returns UTF-8 of the log's JSON. */
  encode(log: ReadmeLog): Buffer {
    const json = JSON.stringify(log);
    if (this.#bodies.length === 0) return Buffer.from(json, 'utf8');
    const asBytes = ASCII.test(json) ? asIs : utf8AsLatin1;
    const [first = '', ...others] = json.split(`"${PLACEHOLDER}`);
    const pieces = [asBytes(first)];
    for (const piece of others) {
      const end = piece.indexOf('"');
      const body = this.#bodies[Number(piece.slice(0, end))] as string;
      pieces.push(JSON.stringify(body), asBytes(piece.slice(end + 1)));
    }
    return joined(pieces);
  }
}

/** Not by way of one string, which would have to be copied once more. */
function joined(pieces: readonly string[]): Buffer {
  const buffer = Buffer.allocUnsafe(pieces.reduce((sum, { length }) => sum + length, 0));
  let written = 0;
  for (const piece of pieces) written += buffer.write(piece, written, 'latin1');
  return buffer;
}

function asIs(text: string): string {
  return text;
}

function utf8AsLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
