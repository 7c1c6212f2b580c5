import type { JsonCopy } from './json-copy';
import { JsonLevels } from './json-levels';
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
    const { input, out } = copy;
    const { length } = input;
    const { copies } = output;
    if (copies) copy.reserve(0);
    levels.reset();
    // Where the next byte is read, and where it is written.
    let at = input[0] === 0xef && input[1] === 0xbb && input[2] === 0xbf ? 3 : 0;
    let { bytes, length: to } = out;
    let copying = copies;
    if (copying) {
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
    // Depth of the level whose fate is known, so that nothing in it is looked up; 0 outside of any.
    let settled = 0;
    let settledIsListed = false;
    let start = at;
    let value = at;
    let wholeEnd = 0;
    let wholeDepth = 0;
    let wholeLength = 0;
    for (;;) {
      const byte = at < length ? (input[at] as number) : END;
      const opens = byte === OPEN_OBJECT || byte === OPEN_ARRAY;
      if (settled === 0) value = at;
      if (opens) {
        inObject = byte === OPEN_OBJECT;
        depth += 1;
        levels.enter(inObject);
        if (settled === 0) {
          if (place !== listed && (inObject ? place.leadsIntoObject : place.leadsIntoArray)) {
            inside = place;
            levels.remember(place);
            output.opened(start);
          } else {
            settled = depth;
            settledIsListed = place === listed;
            if (settledIsListed) copying = false;
          }
        }
        if (copying) bytes[to++] = byte;
        at += 1;
      } else {
        const isListed = settled === 0 && place === listed;
        const begin = at;
        if (byte !== QUOTE) {
          at = numberOrLiteralEnd(input, begin);
          if (copying && !isListed && at > 0) {
            copy.verbatim(begin, at, to);
            to = copy.to;
          }
        } else if (copying && !isListed) {
          at = copy.string(begin, to);
          to = copy.to;
        } else {
          at = stringEnd(input, begin);
        }
        if (at < 0) {
          at = begin;
          break;
        }
        if (isListed && isWhole(input, at, depth, inObject)) {
          out.length = to;
          output.listed(start, begin, at);
          ({ bytes, length: to } = out);
        }
      }

      let first = opens;
      let end = at;
      let endTo = to;
      if (at < length && (input[at] as number) <= SPACE) {
        at = copying ? copy.space(at, to) : spaceEnd(input, at);
        if (copying) to = copy.to;
      }
      while (depth > 0 && at < length && input[at] === (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        if (copying) bytes[to++] = input[at] as number;
        at += 1;
        if (settled === 0) {
          out.length = to;
          output.closed(at);
          levels.forget(inside);
          ({ bytes, length: to } = out);
        } else if (settled === depth) {
          settled = 0;
          copying = copies;
          if (settledIsListed) {
            out.length = to;
            output.listed(start, value, at);
            ({ bytes, length: to } = out);
          }
        }
        levels.leave();
        depth -= 1;
        inObject = levels.inObject;
        if (settled === 0) inside = policy.place(levels.placeId);
        end = at;
        endTo = to;
        if (!first || depth > 0) {
          wholeEnd = end;
          wholeDepth = depth;
          wholeLength = to;
        }
        first = false;
        if (at < length && (input[at] as number) <= SPACE) {
          at = copying ? copy.space(at, to) : spaceEnd(input, at);
          if (copying) to = copy.to;
        }
      }
      if (depth === 0) {
        if (at < length) break;
        out.length = to;
        return true;
      }
      if (!first) {
        const separated = at < length && input[at] === COMMA;
        // A number is only known to be whole by what follows it.
        if (separated || (at === length && (end < at || !isDigit(input[end - 1])))) {
          wholeEnd = end;
          wholeDepth = depth;
          wholeLength = endTo;
        }
        if (!separated) break;
        if (copying) bytes[to++] = COMMA;
        at += 1;
        if (at < length && (input[at] as number) <= SPACE) {
          at = copying ? copy.space(at, to) : spaceEnd(input, at);
          if (copying) to = copy.to;
        }
      }

      if (settled === 0) start = at;
      if (inObject) {
        const begin = at;
        at = copying ? copy.string(begin, to) : stringEnd(input, begin);
        if (copying) to = copy.to;
        if (at < 0) {
          at = begin;
          break;
        }
        if (settled === 0) {
          place = (copying ? copy.isPlain : isPlain(input, begin + 1, at - 1))
            ? policy.memberInAscii(inside, input, begin + 1, at - 1)
            : policy.member(inside, decoded(input, begin, at));
        }
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
      } else if (settled === 0) {
        place = policy.element(inside, inside.numbered.size === 0 ? 0 : levels.nextIndex());
      }
    }
    this.open = at === length;
    this.wholeEnd = wholeEnd;
    this.wholeDepth = wholeDepth;
    this.wholeLength = wholeLength;
    this.openDepth = settled > 0 ? settled - 1 : depth;
    this.listedDepth = settledIsListed && settled > 0 ? settled : 0;
    this.start = start;
    this.value = value;
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
