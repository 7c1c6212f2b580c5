import { codeAt, codeUnits, NOT_JSON, scalarEnd, spaceEnd, stringEnd } from './json-tokens';
import { LISTED, type Place, type Policy } from './policy';

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const QUOTE = 0x22;
const BYTE_ORDER_MARK = 0xfeff;

/** Told of the values that a walk finds, in order. Members begin at their name, elements at their value. */
export interface Output {
  /** A value that an entry names, from `value` to `end`. */
  listed(start: number, value: number, end: number): void;
  /** An object or array in which an entry may name something; `value` is its bracket. */
  opened(start: number, value: number): void;
  /** The end of what was opened last. */
  closed(end: number): void;
}

/** Why a text is not one JSON value, and what can be said of it nevertheless. */
export interface Broken {
  /** The text ends between two tokens of a value, so that what follows it elsewhere may be the rest. */
  readonly open: boolean;
  /** Where the last member or element ends that is there as a whole; 0 when none is. */
  readonly end: number;
  /** The brackets that close, after that end, what it stands in. */
  readonly closing: string;
}

/** An object or array that the walk is in. */
interface Container {
  readonly place: Place;
  readonly close: typeof CLOSE_OBJECT | typeof CLOSE_ARRAY;
  /** Elements before the present one. */
  index: number;
}

/** Reports what the policy lists. Returns undefined when the text is one JSON value (RFC 8259 §2). */
export function walk(text: string, policy: Policy, output: Output): Broken | undefined {
  const codes = codeUnits(text);
  const containers: Container[] = [];
  let place = policy.start;
  let at = spaceEnd(codes, codeAt(codes, 0) === BYTE_ORDER_MARK ? 1 : 0);
  let start = at;
  let value = at;
  // Depth of the container whose fate is known, so that nothing in it is looked up; 0 outside of any.
  let settled = 0;
  let container: Container | undefined;
  // The last value that is there as a whole, and how many containers it stands in. What follows may open
  // more of them, but closes none.
  let wholeEnd = 0;
  let wholeDepth = 0;
  for (;;) {
    const code = codeAt(codes, at);
    const opens = code === OPEN_OBJECT || code === OPEN_ARRAY;
    if (settled === 0) value = at;
    if (opens) {
      const isObject = code === OPEN_OBJECT;
      container = { place, close: isObject ? CLOSE_OBJECT : CLOSE_ARRAY, index: 0 };
      containers.push(container);
      at += 1;
      if (settled === 0) {
        if (place !== LISTED && policy.leadsInto(place, isObject ? 'object' : 'array')) {
          output.opened(start, value);
        } else {
          settled = containers.length;
        }
      }
    } else {
      const end = scalarEnd(codes, at);
      if (end === NOT_JSON) break;
      at = end;
      if (settled === 0 && place === LISTED) output.listed(start, value, at);
    }

    let first = opens;
    let end = at;
    at = spaceEnd(codes, at);
    while (container !== undefined && codeAt(codes, at) === container.close) {
      at += 1;
      if (settled === 0) output.closed(at);
      else if (settled === containers.length) {
        settled = 0;
        if (container.place === LISTED) output.listed(start, value, at);
      }
      containers.pop();
      if (!first || containers.length > 0) {
        wholeEnd = at;
        wholeDepth = containers.length;
      }
      container = containers[containers.length - 1];
      first = false;
      end = at;
      at = spaceEnd(codes, at);
    }
    if (container === undefined) {
      if (at === text.length) return undefined;
      break;
    }
    if (!first) {
      const separated = codeAt(codes, at) === COMMA;
      // A number is only known to be whole by what follows it.
      if (separated || (at === text.length && (end < at || !isDigit(codeAt(codes, end - 1))))) {
        wholeEnd = end;
        wholeDepth = containers.length;
      }
      if (!separated) break;
      at = spaceEnd(codes, at + 1);
    }

    if (settled === 0) start = at;
    if (container.close === CLOSE_OBJECT) {
      const nameEnd = stringEnd(codes, at);
      if (nameEnd === NOT_JSON) break;
      if (settled === 0) place = policy.member(container.place, unquoted(text, at, nameEnd));
      at = spaceEnd(codes, nameEnd);
      if (codeAt(codes, at) !== COLON) break;
      at = spaceEnd(codes, at + 1);
    } else if (settled === 0) {
      place = policy.element(container.place, container.index);
      container.index += 1;
    }
  }
  return {
    open: at === text.length,
    end: wholeEnd,
    closing: containers
      .slice(0, wholeDepth)
      .reverse()
      .map(({ close }) => (close === CLOSE_OBJECT ? '}' : ']'))
      .join(''),
  };
}

/** The length of a string that stands in quotes at an index, once decoded; undefined for other values. */
export function stringLength(text: string, start: number, end: number): number | undefined {
  return text.charCodeAt(start) === QUOTE ? unquoted(text, start, end).length : undefined;
}

function unquoted(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  return raw.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : raw;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
