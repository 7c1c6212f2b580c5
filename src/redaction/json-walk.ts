import type { JsonCopy } from './json-copy';
import { JsonLevels } from './json-levels';
import { JsonSkim } from './json-skim';
import { isDigit, isPlain, numberOrLiteralEnd, spaceEnd, stringEnd } from './json-tokens';
import { NumberStack } from './number-stack';
import { LISTED, NOWHERE, type Place } from './places';
import type { Policy } from './policy';

// Not imported: what CommonJS imports is looked up at each use, which counts for what is done with every token.
const listed = LISTED;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const END = -1;

/** Is called with what a walk finds, in order. Members begin at their name, elements at their value. */
export interface WalkOutput {
  /** Whether the reader writes all that no entry names. */
  readonly copies: boolean;
  /** A value that an entry names, from `value` to `end`, and that is there as a whole. */
  listed(start: number, value: number, end: number): void;
  /** An object or array in which an entry may name something. */
  opened(start: number): void;
  /** The end of what was opened last. */
  closed(end: number): void;
}

/** Walks through one JSON text after the other, and says how far the last one was understood. */
export class JsonWalk {
  readonly levels = new JsonLevels();
  readonly #skim = new JsonSkim(this.levels);
  /** Where an output that holds members back keeps where they begin. */
  readonly heldBack = new NumberStack();
  /** The text ends between two tokens of a value, so that what follows it elsewhere may be the rest. */
  open = false;
  /** Where the last member or element ends that is there as a whole; 0 when none is. */
  wholeEnd = 0;
  /** In how many levels that stands. What follows it may open more of them, but closes none. */
  wholeDepth = 0;
  /** How much the walk had written by then. */
  wholeLength = 0;
  /** Levels open at the end in which an entry may name something. */
  openDepth = 0;
  /** The level of an object or array that an entry names and that the text does not close; 0 for none. */
  listedDepth = 0;
  /** Where the value of that level begins, and its member. */
  value = 0;
  start = 0;

  /**
   * Reports what the policy lists, and copies the rest if the output wants it. Returns whether the text is one
   * JSON value (RFC 8259 §2).
   *
   * As long as it is because each call for a token, and each object that a position is kept in, is seen in
   * the time that this takes.
   */
  walk(copy: JsonCopy, policy: Policy, output: WalkOutput): boolean {
    const { levels } = this;
    const skim = this.#skim;
    const { input, out } = copy;
    const { length } = input;
    const { copies } = output;
    if (copies) copy.reserve(0);
    levels.reset();
    // Where the next byte is read, and where it is written.
    let at = input[0] === 0xef && input[1] === 0xbb && input[2] === 0xbf ? 3 : 0;
    let { bytes, length: to } = out;
    if (copies) {
      copy.verbatim(0, at, to);
      at = copy.space(at, copy.to);
      to = copy.to;
    } else {
      at = spaceEnd(input, at);
    }
    let place = policy.start();
    // The place of the innermost level, and whether that is an object.
    let inside: Place = NOWHERE;
    let inObject = false;
    let depth = 0;
    let start = at;
    let wholeEnd = 0;
    let wholeDepth = 0;
    let wholeLength = 0;
    this.listedDepth = 0;
    for (;;) {
      const byte = at < length ? (input[at] as number) : END;
      const isListed = place === listed;
      const isScalar = byte !== OPEN_OBJECT && byte !== OPEN_ARRAY;
      const begin = at;
      // Into an object or array in which something may be listed; for now, nothing follows its bracket.
      let isFirst = false;
      if (
        !isScalar &&
        !isListed &&
        (byte === OPEN_OBJECT ? place.leadsIntoObject : place.leadsIntoArray)
      ) {
        isFirst = true;
        inObject = byte === OPEN_OBJECT;
        inside = place;
        depth += 1;
        levels.enter(inObject);
        levels.remember(place);
        output.opened(start);
        if (copies) bytes[to++] = byte;
        at += 1;
      } else {
        const copying = copies && !isListed;
        if (!isScalar) {
          const isClosed = skim.read(copy, begin, to, copying);
          at = skim.at;
          to = skim.to;
          if (!isClosed) {
            if (skim.wholeEnd > 0) {
              ({ wholeEnd, wholeDepth, wholeLength } = skim);
              if (isListed) this.listedDepth = depth + 1;
            }
            this.start = start;
            this.value = begin;
            break;
          }
        } else if (byte === QUOTE) {
          at = copying ? copy.string(begin, to) : stringEnd(input, begin);
          if (copying) to = copy.to;
        } else {
          at = numberOrLiteralEnd(input, begin);
          if (copying && at > 0) {
            copy.verbatim(begin, at, to);
            to = copy.to;
          }
        }
        if (at < 0) {
          at = begin;
          break;
        }
        if (isListed && (!isScalar || isWhole(input, at, depth, inObject))) {
          out.length = to;
          output.listed(start, begin, at);
          ({ bytes, length: to } = out);
        }
        if (!isScalar && (!skim.isEmpty || depth > 0)) {
          wholeEnd = at;
          wholeDepth = depth;
          wholeLength = to;
        }
      }

      let end = at;
      let endTo = to;
      if (at < length && (input[at] as number) <= SPACE) {
        at = copies ? copy.space(at, to) : spaceEnd(input, at);
        if (copies) to = copy.to;
      }
      while (depth > 0 && at < length && input[at] === (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        if (copies) bytes[to++] = input[at] as number;
        at += 1;
        out.length = to;
        output.closed(at);
        ({ bytes, length: to } = out);
        levels.forget(inside);
        levels.leave();
        depth -= 1;
        inObject = levels.inObject;
        inside = policy.place(levels.placeId);
        end = at;
        endTo = to;
        if (!isFirst || depth > 0) {
          wholeEnd = end;
          wholeDepth = depth;
          wholeLength = to;
        }
        isFirst = false;
        if (at < length && (input[at] as number) <= SPACE) {
          at = copies ? copy.space(at, to) : spaceEnd(input, at);
          if (copies) to = copy.to;
        }
      }
      if (depth === 0) {
        if (at < length) break;
        out.length = to;
        return true;
      }
      if (!isFirst) {
        const separated = at < length && input[at] === COMMA;
        // A number is only known to be whole by what follows it.
        if (separated || (at === length && (end < at || !isDigit(input[end - 1])))) {
          wholeEnd = end;
          wholeDepth = depth;
          wholeLength = endTo;
        }
        if (!separated) break;
        if (copies) bytes[to++] = COMMA;
        at += 1;
        if (at < length && (input[at] as number) <= SPACE) {
          at = copies ? copy.space(at, to) : spaceEnd(input, at);
          if (copies) to = copy.to;
        }
      }

      start = at;
      if (inObject) {
        const nameEnd = copies ? copy.string(start, to) : stringEnd(input, start);
        if (nameEnd < 0) break;
        at = nameEnd;
        if (copies) to = copy.to;
        place = (copies ? copy.isPlain : isPlain(input, start + 1, at - 1))
          ? policy.memberInAscii(inside, input, start + 1, at - 1)
          : policy.member(inside, decoded(input, start, at));
        if (at < length && (input[at] as number) <= SPACE) {
          at = copies ? copy.space(at, to) : spaceEnd(input, at);
          if (copies) to = copy.to;
        }
        if (at >= length || input[at] !== COLON) break;
        if (copies) bytes[to++] = COLON;
        at += 1;
        if (at < length && (input[at] as number) <= SPACE) {
          at = copies ? copy.space(at, to) : spaceEnd(input, at);
          if (copies) to = copy.to;
        }
      } else {
        place = policy.element(inside, inside.numbered.size === 0 ? 0 : levels.nextIndex());
      }
    }
    this.open = at === length;
    this.wholeEnd = wholeEnd;
    this.wholeDepth = wholeDepth;
    this.wholeLength = wholeLength;
    this.openDepth = depth;
    return false;
  }
}

/** Whether a scalar that ends at an index is there as a whole, and what follows it is in order. */
function isWhole(input: Buffer, end: number, depth: number, inObject: boolean): boolean {
  const at = spaceEnd(input, end);
  if (at === input.length) return depth === 0 || at > end || !isDigit(input[end - 1]);
  if (depth === 0) return false;
  return input[at] === COMMA || input[at] === (inObject ? CLOSE_OBJECT : CLOSE_ARRAY);
}

function decoded(input: Buffer, start: number, end: number): string {
  return JSON.parse(input.toString('utf8', start, end)) as string;
}
