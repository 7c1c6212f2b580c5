import type { GrowingBytes } from '../record/growing-bytes';
import { appendJsonString } from './json-string';
import { spaceEnd } from './json-tokens';

/** A JSON text, of which pieces are written: as they are, or as the inside of a JSON string. */
export class JsonPieces {
  readonly input: Buffer;
  readonly out: GrowingBytes;
  readonly escaped: boolean;

  constructor(input: Buffer, out: GrowingBytes, escaped: boolean) {
    this.input = input;
    this.out = out;
    this.escaped = escaped;
  }

  /** Makes room for all that follows an index. What JSON has to be escaped takes two bytes at most. */
  reserve(at: number): void {
    const left = this.input.length - at;
    this.out.reserve((this.escaped ? 2 * left : left) + 2);
  }

  /** Writes a piece of the text. */
  piece(start: number, end: number): void {
    if (this.escaped) appendJsonString(this.out, this.input, start, end);
    else this.out.copy(this.input, start, end);
  }

  /** Writes the whitespace at an index. Returns the index after it. */
  space(start: number): number {
    const end = spaceEnd(this.input, start);
    this.piece(start, end);
    return end;
  }

  /** Writes JSON that is not in the text, without a backslash in it. */
  insert(json: string): void {
    this.out.ascii(this.escaped ? json.replaceAll('"', '\\"') : json);
  }
}
