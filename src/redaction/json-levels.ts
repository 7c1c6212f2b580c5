import type { GrowingBytes } from '../record/growing-bytes';
import { NumberStack } from './number-stack';
import type { Place } from './places';

const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;

const FEW_LEVELS = 64;

/** Arrays for so many levels are kept for the next document. */
const KEPT_LEVELS = 4096;

/**
 * The objects and arrays that a walk through a JSON text is in: a bit for each, and two bytes more where an
 * entry may still match. A client decides how many there are.
 */
export class JsonLevels {
  depth = 0;
  /** A bit for each level, set for an object. */
  #objects = new Uint8Array(FEW_LEVELS / 8);
  #places = new Uint16Array(FEW_LEVELS);
  /** Elements before the present one, for each level whose place numbers its elements. */
  readonly #indexes = new NumberStack();

  /** Whether the innermost level is an object. */
  get inObject(): boolean {
    return this.isObject(this.depth);
  }

  isObject(depth: number): boolean {
    return (((this.#objects[depth >> 3] as number) >> (depth & 7)) & 1) === 1;
  }

  /** Goes into an object or array. */
  enter(isObject: boolean): void {
    this.depth += 1;
    const { depth } = this;
    if (depth >> 3 >= this.#objects.length) this.#objects = grown(this.#objects, Uint8Array);
    const bit = 1 << (depth & 7);
    const others = (this.#objects[depth >> 3] as number) & ~bit;
    this.#objects[depth >> 3] = isObject ? others | bit : others;
  }

  /** Remembers where the walk stands in the level that was entered last. */
  remember(place: Place): void {
    if (this.depth >= this.#places.length) this.#places = grown(this.#places, Uint16Array);
    this.#places[this.depth] = place.id;
    if (place.numbered.size > 0) this.#indexes.push(0);
  }

  /** The id of the place of the innermost level. */
  get placeId(): number {
    return this.#places[this.depth] as number;
  }

  /** The index of the next element of the innermost level, whose place numbers its elements. */
  nextIndex(): number {
    return this.#indexes.count();
  }

  /** Leaves the innermost level. */
  leave(): void {
    this.depth -= 1;
  }

  /** Forgets what was remembered of the innermost level, its place given. */
  forget(place: Place): void {
    if (place.numbered.size > 0) this.#indexes.length -= 1;
  }

  /** Writes the brackets that close so many levels, the innermost first. */
  close(depth: number, out: GrowingBytes): void {
    out.reserve(depth);
    for (let level = depth; level > 0; level -= 1) {
      out.byte(this.isObject(level) ? CLOSE_OBJECT : CLOSE_ARRAY);
    }
  }

  /** For the next document. */
  reset(): void {
    this.depth = 0;
    this.#indexes.reset();
    if (this.#objects.length > KEPT_LEVELS / 8) this.#objects = new Uint8Array(FEW_LEVELS / 8);
    if (this.#places.length > KEPT_LEVELS) this.#places = new Uint16Array(FEW_LEVELS);
  }
}

function grown<Array extends Uint8Array | Uint16Array>(
  array: Array,
  Type: new (length: number) => Array,
): Array {
  const twice = new Type(2 * array.length);
  twice.set(array);
  return twice;
}
