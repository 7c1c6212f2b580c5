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
  readonly #bodies: Uint8Array[] = [];

  /** @returns what stands for a body of UTF-8 in the log until it is encoded. */
  readonly verbatim = (utf8: Uint8Array): string => {
    return `${PLACEHOLDER}${this.#bodies.push(utf8) - 1}`;
  };

  /** @returns UTF-8 of the log's JSON. */
  encode(log: ReadmeLog): Buffer {
    const json = JSON.stringify(log);
    if (this.#bodies.length === 0) return Buffer.from(json, 'utf8');
    const pieces = json.split(`"${PLACEHOLDER}`);
    const asBytes = ASCII.test(json) ? asIs : utf8AsLatin1;
    let text = asBytes(pieces[0] as string);
    for (const piece of pieces.slice(1)) {
      const end = piece.indexOf('"');
      const body = this.#bodies[Number(piece.slice(0, end))] as Uint8Array;
      text += JSON.stringify(latin1(body)) + asBytes(piece.slice(end + 1));
    }
    return Buffer.from(text, 'latin1');
  }
}

function asIs(text: string): string {
  return text;
}

function utf8AsLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}
