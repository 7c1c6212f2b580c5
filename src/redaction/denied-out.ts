import type { JsonPieces } from './json-pieces';
import { decodedLength, QUOTE } from './json-tokens';
import { closeLevels, type JsonWalk, type WalkOutput } from './json-walk';

/** Writes what a denylist leaves of a JSON text: all of it, with a mark in place of each value that it names. */
export class DeniedOut implements WalkOutput {
  readonly copies = true;
  readonly #pieces: JsonPieces;

  constructor(pieces: JsonPieces) {
    this.#pieces = pieces;
  }

  listed(_start: number, value: number, end: number): void {
    const { input } = this.#pieces;
    this.#mark(input[value] === QUOTE ? ` ${decodedLength(input, value + 1, end - 1)}` : '');
    // The mark may be longer than what it stands for.
    this.#pieces.reserve(end);
  }

  opened(): void {}

  closed(): void {}

  /** Leaves of a text that breaks off what is whole, and closes it. */
  cut(walk: JsonWalk): void {
    const { out } = this.#pieces;
    out.length = walk.wholeLength;
    const isListed = walk.listedDepth > 0 && walk.listedDepth <= walk.wholeDepth;
    if (isListed) this.#mark('');
    closeLevels(walk, isListed ? walk.listedDepth - 1 : walk.wholeDepth, this.#pieces);
  }

  #mark(length: string): void {
    this.#pieces.insert(`"[REDACTED${length}]"`);
  }
}
