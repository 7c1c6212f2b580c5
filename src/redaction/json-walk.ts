import { JsonLevels } from './json-levels';
import type { JsonPieces } from './json-pieces';
import {
  ENDS_RUN,
  escapeEnd,
  isDigit,
  isPlain,
  NOT_JSON,
  numberOrLiteralEnd,
  spaceEnd,
  stringEnd,
} from './json-tokens';
import { LISTED, NOWHERE, type Place } from './places';
import type { Policy } from './policy';

// Not imported: what CommonJS imports is looked up at every use, which counts where it is for each byte.
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const END = -1;

/** Is called with what a walk finds, in order. Members begin at their name, elements at their value. */
export interface WalkOutput {
  /** Whether the walk writes all that no entry names. */
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
   * Reports what the policy lists; the rest is written on the way where the output copies. Returns whether the
   * text is one JSON value (RFC 8259 §2).
   *
   * One long function, because calls for each token take twice the time.
   */
  walk(pieces: JsonPieces, policy: Policy, output: WalkOutput): boolean {
    const { levels } = this;
    const { input, out } = pieces;
    const { length } = input;
    const extra = pieces.escaped ? 1 : 0;
    const endsRun = ENDS_RUN;
    const listed = LISTED;
    if (output.copies) pieces.reserve(0);
    let { bytes, length: to } = out;
    let copying = output.copies;
    let place = policy.start();
    // The place of the innermost level, and whether that is an object.
    let inside: Place = NOWHERE;
    let inObject = false;
    let depth = 0;
    // Depth of the level whose fate is known, so that nothing in it is looked up; 0 outside of any.
    let settled = 0;
    let settledIsListed = false;
    let at = 0;
    let start = 0;
    let value = 0;
    let naming = false;
    let wholeEnd = 0;
    let wholeDepth = 0;
    let wholeTo = to;
    levels.reset();
    if (input[0] === 0xef && input[1] === 0xbb && input[2] === 0xbf) {
      at = 3;
      if (copying) {
        pieces.piece(0, at);
        to = out.length;
      }
    }
    for (;;) {
      const byte = at < length ? (input[at] as number) : END;
      if (byte <= SPACE) {
        out.length = to;
        const end = copying ? pieces.space(at) : spaceEnd(input, at);
        to = out.length;
        if (end === at) break;
        at = end;
        continue;
      }
      if (settled === 0 && !naming) {
        value = at;
        if (!inObject) start = at;
      }
      let first = false;
      if (byte === QUOTE) {
        const begin = at;
        let plain = true;
        if (copying && (naming || settled > 0 || place !== listed)) {
          // Without an extra backslash, what follows overwrites it.
          bytes[to] = BACKSLASH;
          to += extra;
          bytes[to] = QUOTE;
          to += 1;
          let bits = 0;
          for (at += 1; at < length; at += 1) {
            const inner = input[at] as number;
            if (endsRun[inner] === 0) {
              bits |= inner;
              bytes[to] = inner;
              to += 1;
              continue;
            }
            if (inner === QUOTE) break;
            if (escapeEnd(input, at) === NOT_JSON) {
              at = length;
              break;
            }
            bits |= 0x80;
            at += 1;
            const letter = input[at] as number;
            bytes[to] = BACKSLASH;
            to += extra;
            bytes[to] = BACKSLASH;
            to += 1;
            if (letter === QUOTE || letter === BACKSLASH) {
              bytes[to] = BACKSLASH;
              to += extra;
            }
            bytes[to] = letter;
            to += 1;
          }
          if (at >= length) {
            at = begin;
            break;
          }
          bytes[to] = BACKSLASH;
          to += extra;
          bytes[to] = QUOTE;
          to += 1;
          at += 1;
          plain = bits < 0x80;
        } else {
          const end = stringEnd(input, at);
          if (end === NOT_JSON) break;
          at = end;
          if (naming && settled === 0) plain = isPlain(input, begin + 1, at - 1);
        }
        if (naming) {
          if (settled === 0) {
            start = begin;
            place = plain
              ? policy.memberInAscii(inside, input, begin + 1, at - 1)
              : policy.member(inside, decoded(input, begin, at));
          }
          if (at < length && (input[at] as number) <= SPACE) {
            out.length = to;
            at = copying ? pieces.space(at) : spaceEnd(input, at);
            to = out.length;
          }
          if (at >= length || input[at] !== COLON) break;
          at += 1;
          if (copying) {
            bytes[to] = COLON;
            to += 1;
          }
          naming = false;
          continue;
        }
      } else if (naming) {
        break;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        inObject = byte === OPEN_OBJECT;
        first = true;
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
        at += 1;
        if (copying) {
          bytes[to] = byte;
          to += 1;
        }
      } else {
        const end = numberOrLiteralEnd(input, at);
        if (end === NOT_JSON) break;
        if (copying && (settled > 0 || place !== listed)) {
          for (; at < end; at += 1, to += 1) bytes[to] = input[at] as number;
        }
        at = end;
      }
      if (settled === 0 && place === listed && !first) {
        if (isWhole(input, at, depth, inObject)) {
          out.length = to;
          output.listed(start, value, at);
          ({ bytes, length: to } = out);
        }
      }

      let end = at;
      let endTo = to;
      for (;;) {
        if (at < length && (input[at] as number) <= SPACE) {
          out.length = to;
          at = copying ? pieces.space(at) : spaceEnd(input, at);
          to = out.length;
        }
        if (depth === 0 || at >= length || input[at] !== (inObject ? CLOSE_OBJECT : CLOSE_ARRAY))
          break;
        if (copying) {
          bytes[to] = input[at] as number;
          to += 1;
        }
        at += 1;
        if (settled === 0) {
          out.length = to;
          output.closed(at);
          to = out.length;
          bytes = out.bytes;
          levels.forget(inside);
        } else if (settled === depth) {
          settled = 0;
          copying = output.copies;
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
          wholeTo = endTo;
        }
        first = false;
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
          wholeTo = endTo;
        }
        if (!separated) break;
        at += 1;
        if (copying) {
          bytes[to] = COMMA;
          to += 1;
        }
      }
      naming = inObject;
      if (settled === 0 && !inObject) {
        place = policy.element(inside, inside.numbered.size === 0 ? 0 : levels.nextIndex());
      }
    }
    this.open = at === length;
    this.wholeEnd = wholeEnd;
    this.wholeDepth = wholeDepth;
    this.wholeLength = wholeTo;
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

/** Writes the brackets that close so many levels, the innermost first. */
export function closeLevels({ levels }: JsonWalk, depth: number, { out }: JsonPieces): void {
  out.reserve(depth);
  for (let level = depth; level > 0; level -= 1) {
    out.byte(levels.isObject(level) ? CLOSE_OBJECT : CLOSE_ARRAY);
  }
}
