import type { JsonCopy } from './json-copy';
import { decodedLength, QUOTE } from './json-tokens';
import type { JsonWalk, WalkOutput } from './json-walk';

/** In place of a value that has no length. */
const REDACTED = '[REDACTED]';

/** Writes what a denylist leaves of a JSON text: all of it, with a mark in place of each value that it names. */
export class DeniedOut implements WalkOutput {
  readonly copies = true;
  readonly #copy: JsonCopy;

  constructor(copy: JsonCopy) {
    this.#copy = copy;
  }

  listed(_start: number, value: number, end: number): void {
    const { input } = this.#copy;
    const isString = input[value] === QUOTE;
    this.#copy.insert(
      isString ? `[REDACTED ${decodedLength(input, value + 1, end - 1)}]` : REDACTED,
    );
    // The mark may be longer than what it stands for.
    this.#copy.reserve(end);
  }

  opened(): void {}

  closed(): void {}

  /** Leaves of a text that breaks off what is whole, and closes it. */
  cut(walk: JsonWalk): void {
    const { out } = this.#copy;
    out.length = walk.wholeLength;
    const isListed = walk.listedDepth > 0 && walk.listedDepth <= walk.wholeDepth;
    if (isListed) this.#copy.insert(REDACTED);
    walk.levels.close(isListed ? walk.listedDepth - 1 : walk.wholeDepth, out);
  }
}
