import type { JsonCopy } from './json-copy';
import type { JsonLevels } from './json-levels';
import { isDigit, numberOrLiteralEnd, spaceEnd, stringEnd } from './json-tokens';

// Not imported: what CommonJS imports is looked up at each use, which counts for what is done with every token.
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const END = -1;

/** Reads objects and arrays of a JSON text in which nothing is looked up, and copies them or not. */
export class JsonSkim {
  readonly #levels: JsonLevels;
  /** Where it ended to read, and to write. */
  at = 0;
  to = 0;
  /** What it read has no member or element. */
  isEmpty = false;
  /** Where the last member or element ends that is there as a whole, when the end is not; 0 when none is. */
  wholeEnd = 0;
  /** In how many levels that stands, and how much was written by then. */
  wholeDepth = 0;
  wholeLength = 0;

  constructor(levels: JsonLevels) {
    this.#levels = levels;
  }

  /**
   * Reads the object or array that begins at an index. Returns whether it is there to its end.
   *
   * As long as it is because each call for a token, and each object that a position is kept in, is seen in
   * the time that this takes.
   */
  read(copy: JsonCopy, begin: number, beginTo: number, copying: boolean): boolean {
    const levels = this.#levels;
    const outside = levels.depth;
    const { input } = copy;
    const { bytes } = copy.out;
    const { length } = input;
    let at = begin;
    let to = beginTo;
    let depth = outside;
    let inObject = false;
    this.wholeEnd = 0;
    for (;;) {
      const byte = at < length ? (input[at] as number) : END;
      const opens = byte === OPEN_OBJECT || byte === OPEN_ARRAY;
      if (byte === QUOTE) {
        const end = copying ? copy.string(at, to) : stringEnd(input, at);
        if (end < 0) break;
        at = end;
        if (copying) to = copy.to;
      } else if (opens) {
        inObject = byte === OPEN_OBJECT;
        depth += 1;
        levels.enter(inObject);
        if (copying) bytes[to++] = byte;
        at += 1;
      } else {
        const end = numberOrLiteralEnd(input, at);
        if (end < 0) break;
        if (copying) {
          copy.verbatim(at, end, to);
          to = copy.to;
        }
        at = end;
      }

      let isFirst = opens;
      let end = at;
      let endTo = to;
      if (at < length && (input[at] as number) <= SPACE) {
        at = copying ? copy.space(at, to) : spaceEnd(input, at);
        if (copying) to = copy.to;
      }
      while (at < length && input[at] === (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        if (copying) bytes[to++] = input[at] as number;
        at += 1;
        levels.leave();
        depth -= 1;
        if (depth === outside) {
          this.at = at;
          this.to = to;
          this.isEmpty = isFirst;
          return true;
        }
        inObject = levels.inObject;
        this.wholeEnd = at;
        this.wholeDepth = depth;
        this.wholeLength = to;
        isFirst = false;
        end = at;
        endTo = to;
        if (at < length && (input[at] as number) <= SPACE) {
          at = copying ? copy.space(at, to) : spaceEnd(input, at);
          if (copying) to = copy.to;
        }
      }
      if (!isFirst) {
        const separated = at < length && input[at] === COMMA;
        // A number is only known to be whole by what follows it.
        if (separated || (at === length && (end < at || !isDigit(input[end - 1])))) {
          this.wholeEnd = end;
          this.wholeDepth = depth;
          this.wholeLength = endTo;
        }
        if (!separated) break;
        if (copying) bytes[to++] = COMMA;
        at += 1;
        if (at < length && (input[at] as number) <= SPACE) {
          at = copying ? copy.space(at, to) : spaceEnd(input, at);
          if (copying) to = copy.to;
        }
      }
      if (inObject) {
        const nameEnd = copying ? copy.string(at, to) : stringEnd(input, at);
        if (nameEnd < 0) break;
        at = nameEnd;
        if (copying) to = copy.to;
        if (at < length && (input[at] as number) <= SPACE) {
          at = copying ? copy.space(at, to) : spaceEnd(input, at);
          if (copying) to = copy.to;
        }
        if (at >= length || input[at] !== COLON) break;
        if (copying) bytes[to++] = COLON;
        at += 1;
        if (at < length && (input[at] as number) <= SPACE) {
          at = copying ? copy.space(at, to) : spaceEnd(input, at);
          if (copying) to = copy.to;
        }
      }
    }
    this.at = at;
    this.to = to;
    return false;
  }
}
