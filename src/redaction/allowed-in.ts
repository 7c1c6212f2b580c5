import type { JsonPieces } from './json-pieces';
import { QUOTE, spaceEnd, stringEnd } from './json-tokens';
import { closeLevels, type JsonWalk, type WalkOutput } from './json-walk';

const COMMA = 0x2c;
const FEW_LEVELS = 64;

/**
 * Writes what an allowlist leaves of a JSON text: the values that it names, with the objects and arrays on
 * the way to them. Names on the way may be data, so that they are held back until there is such a value.
 */
export class AllowedIn implements WalkOutput {
  readonly copies = false;
  readonly #pieces: JsonPieces;
  readonly #begin: number;
  /** Where the members begin that are on the way to nothing so far: all of the levels from one on inwards. */
  #heldBack = new Uint32Array(FEW_LEVELS);
  #count = 0;
  #isFirst = true;

  constructor(pieces: JsonPieces) {
    this.#pieces = pieces;
    this.#begin = pieces.out.length;
  }

  listed(start: number, _value: number, end: number): void {
    for (let index = 0; index < this.#count; index += 1) {
      this.#beginLevel(this.#heldBack[index] as number);
    }
    this.#count = 0;
    this.#item(start, end);
  }

  opened(start: number): void {
    if (this.#count === this.#heldBack.length) {
      const twice = new Uint32Array(2 * this.#count);
      twice.set(this.#heldBack);
      this.#heldBack = twice;
    }
    this.#heldBack[this.#count] = start;
    this.#count += 1;
  }

  closed(end: number): void {
    const { input, out } = this.#pieces;
    if (this.#count > 0) {
      this.#count -= 1;
      const isRoot = this.#count === 0 && out.length === this.#begin;
      if (!isRoot) return;
      this.#beginLevel(this.#heldBack[0] as number);
    }
    out.byte(input[end - 1] as number);
    this.#isFirst = false;
  }

  /** Leaves of a text that breaks off what is whole, and closes it. */
  cut(walk: JsonWalk): void {
    const { listedDepth, wholeDepth } = walk;
    // Of levels that were opened since, nothing is whole.
    let open = walk.openDepth - this.#count;
    if (listedDepth > 0 && listedDepth <= wholeDepth) {
      this.listed(walk.start, walk.value, walk.wholeEnd);
      open = wholeDepth;
    } else if (open === 0 && wholeDepth > 0 && this.#count > 0) {
      this.#beginLevel(this.#heldBack[0] as number);
      open = 1;
    }
    closeLevels(walk, open, this.#pieces);
  }

  #beginLevel(start: number): void {
    const { input } = this.#pieces;
    let bracket = start;
    if (input[start] === QUOTE) {
      const colon = spaceEnd(input, stringEnd(input, start));
      bracket = spaceEnd(input, colon + 1);
    }
    this.#item(start, bracket + 1);
    this.#isFirst = true;
  }

  #item(start: number, end: number): void {
    if (!this.#isFirst) this.#pieces.out.byte(COMMA);
    this.#pieces.piece(start, end);
    this.#isFirst = false;
  }
}
