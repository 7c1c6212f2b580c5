import type { JsonCopy } from './json-copy';
import { QUOTE, spaceEnd, stringEnd } from './json-tokens';
import type { JsonWalk, WalkOutput } from './json-walk';
import type { NumberStack } from './number-stack';

const COMMA = 0x2c;

/**
 * Writes what an allowlist leaves of a JSON text: the values that it names, with the objects and arrays on
 * the way to them. Names on the way may be data, so that they are held back until there is such a value.
 */
export class AllowedIn implements WalkOutput {
  readonly copies = false;
  readonly #copy: JsonCopy;
  readonly #begin: number;
  /** Where the members begin that are on the way to nothing so far: all of the levels from one on inwards. */
  readonly #heldBack: NumberStack;
  #isFirst = true;

  constructor(copy: JsonCopy, { heldBack }: JsonWalk) {
    this.#copy = copy;
    this.#heldBack = heldBack;
    heldBack.reset();
    this.#begin = copy.out.length;
  }

  listed(start: number, _value: number, end: number): void {
    const heldBack = this.#heldBack;
    for (let index = 0; index < heldBack.length; index += 1) this.#beginLevel(heldBack.at(index));
    heldBack.length = 0;
    this.#item(start, end);
  }

  opened(start: number): void {
    this.#heldBack.push(start);
  }

  closed(end: number): void {
    const { input, out } = this.#copy;
    if (this.#heldBack.length > 0) {
      this.#heldBack.length -= 1;
      const isRoot = this.#heldBack.length === 0 && out.length === this.#begin;
      if (!isRoot) return;
      this.#beginLevel(this.#heldBack.at(0));
    }
    out.byte(input[end - 1] as number);
    this.#isFirst = false;
  }

  /** Leaves of a text that breaks off what is whole, and closes it. */
  cut(walk: JsonWalk): void {
    const { listedDepth, wholeDepth } = walk;
    // Of levels that were opened since, nothing is whole.
    let open = walk.openDepth - this.#heldBack.length;
    if (listedDepth > 0 && listedDepth <= wholeDepth) {
      this.listed(walk.start, walk.value, walk.wholeEnd);
      open = wholeDepth;
    } else if (open === 0 && wholeDepth > 0 && this.#heldBack.length > 0) {
      this.#beginLevel(this.#heldBack.at(0));
      open = 1;
    }
    walk.levels.close(open, this.#copy.out);
  }

  #beginLevel(start: number): void {
    const { input } = this.#copy;
    let bracket = start;
    if (input[start] === QUOTE) {
      const colon = spaceEnd(input, stringEnd(input, start));
      bracket = spaceEnd(input, colon + 1);
    }
    this.#item(start, bracket + 1);
    this.#isFirst = true;
  }

  #item(start: number, end: number): void {
    if (!this.#isFirst) this.#copy.out.byte(COMMA);
    this.#copy.piece(start, end);
    this.#isFirst = false;
  }
}
