import { copyOf } from '../record/copy-of';
import { CREDENTIALS, CREDENTIALS_ENTRY, PARAMETERS } from './credentials';
import { NameCache } from './name-cache';
import { otherReadings } from './name-readings';
import { NameTests } from './name-tests';
import type { ListEntry } from './path';
import { fieldPath } from './path';
import { type CompiledEntries, compileEntries } from './path-nodes';
import { LISTED, NOWHERE, type Place, Places } from './places';
import { soughtNames } from './sought-names';
import type { SpelledNames } from './spelled-names';

/**
 * Compiles a denylist or an allowlist. Names are matched without regard to case; a RegExp gets the flag
 * `i` and loses `g` and `y`.
 *
 * A string is a name, or a path: names joined by `.`, each with any number of `[]` (every element of an
 * array) or `[0]` (one element), and `**` for any number of members, also none. It names what is there and
 * all below. A plain name stands for a member of the root object, or of each object in a root array. An
 * entry with dots or brackets is also the literal name of such a member.
 *
 * A denylist fails closed: its names also pass through arrays that the path does not mention, a RegExp
 * names members at any depth, and an entry that is no path (`a.*.b`, `a[b`) hides what it may mean. In an
 * allowlist arrays need `[]`, a RegExp names top-level members only, and such an entry is a literal name.
 *
 * `@credentials` in a denylist stands for the names of `credential-names.ts` at any depth, in any spelling.
 *
 * A name that cannot be given to a RegExp in bounded time (see {@link NameTests}) counts as denied, or as
 * not listed.
 *
 * @param lists with both, the denylist alone counts. An empty denylist is none; an empty allowlist allows
 *   nothing. Rules: ReadMe's SDKs, where lists hold top-level names; paths and RegExps are an addition.
 */
export function compilePolicy(lists: {
  denylist?: readonly ListEntry[];
  allowlist?: readonly ListEntry[];
}): Policy {
  // A list that somebody has put on Object.prototype must not take the place of these.
  const { denylist, allowlist } = Object.assign(Object.create(null), lists) as typeof lists;
  if (denylist !== undefined && denylist.length > 0) {
    const chosen = denylist.filter((entry) => entry !== CREDENTIALS_ENTRY);
    return new Policy('deny', compileEntries(denylist, true), {
      sought: soughtNames(denylist),
      ...(chosen.length < denylist.length && { chosen: compilePolicy({ denylist: chosen }) }),
    });
  }
  if (allowlist !== undefined) {
    return new Policy('allow', compileEntries(allowlist, false));
  }
  return new Policy('none', compileEntries([], false));
}

/** An API has some hundred names of fields and parameters: what is decided of one is kept. */
const MOST_KNOWN_NAMES = 1000;
const LONGEST_KNOWN_NAME = 64;

/**
 * A compiled denylist or allowlist, or neither. One policy serves any number of exchanges, one after the
 * other: what it remembers of them are bounded caches, and how much time the names of the present one took.
 */
export class Policy {
  readonly mode: 'none' | 'deny' | 'allow';
  readonly #known = new Map<string, boolean>();
  readonly #places: Places;
  readonly #tests: NameTests;
  readonly #hidesAll: boolean;
  readonly #sought: RegExp | undefined;
  readonly #credentials: SpelledNames | undefined;
  /** Which names in bytes are credentials. */
  readonly #knownInAscii = new NameCache();
  readonly #chosen: Policy | undefined;

  /**
   * Made by {@link compilePolicy}.
   *
   * @param sought matches a text in which an entry may name something
   * @param chosen the list without `@credentials`, where that is on it
   */
  constructor(
    mode: Policy['mode'],
    entries: CompiledEntries,
    { sought, chosen }: { sought?: RegExp | undefined; chosen?: Policy } = {},
  ) {
    this.mode = mode;
    this.#places = new Places(entries, mode === 'deny');
    this.#tests = new NameTests(entries.tests);
    this.#hidesAll = mode === 'deny' && entries.root.listed;
    this.#sought = sought;
    this.#credentials = entries.credentials ? CREDENTIALS : undefined;
    this.#chosen = chosen;
  }

  /** What follows is another log, for whose names there is time again. */
  beginLog(): void {
    this.#tests.beginLog();
  }

  /**
   * Whether an entry of a denylist may match any name in a text of JSON. False only when no such name is
   * there, whatever the structure of the text.
   */
  mayNameIn(text: string): boolean {
    // Where names may be spelled with \u0070 (or, for lax readers, \x70), they are sought by reading.
    if (this.#sought === undefined || text.includes('\\u') || text.includes('\\x')) return true;
    return this.#sought.test(text) || (this.#credentials?.mayStandIn(text) ?? false);
  }

  /**
   * Whether an entry lists a flat name: of a header, a query parameter, or a form or multipart field,
   * already decoded. `user[password]`, `user.password` and `items[0][card]` are read as paths as well.
   */
  matchesName(name: string): boolean {
    if (this.mode === 'none') return false;
    if (this.#credentials !== undefined && PARAMETERS.has(name)) return true;
    this.#places.tidy();
    const { root } = this.#places;
    return this.#member(root, name) === LISTED || this.#spells(root, name);
  }

  /** Whether the path that a name spells, from a place on, leads to what an entry lists. */
  #spells(from: Place, name: string): boolean {
    let place = from;
    const deny = this.mode === 'deny';
    for (const segment of fieldPath(name, deny)) {
      place = this.#fieldStep(place, segment);
      if (place === LISTED) return true;
      if (place === NOWHERE) return false;
    }
    // `tags=a&tags=b` is how many forms spell `tags[]`.
    return deny && place !== from && this.#places.withElements(place) === LISTED;
  }

  /** Whether a flat name must not leave with its value: denied, or not on the allowlist. */
  hides(name: string): boolean {
    if (this.mode === 'none') return false;
    if (name.length > LONGEST_KNOWN_NAME) return this.#hides(name);
    let hidden = this.#known.get(name);
    if (hidden === undefined) {
      const { undecided } = this.#tests;
      hidden = this.#hides(name);
      // What there was no time to find out may be found out for the next log.
      if (this.#tests.undecided > undecided) return hidden;
      if (this.#known.size >= MOST_KNOWN_NAMES) this.#known.clear();
      this.#known.set(copyOf(name), hidden);
    }
    return hidden;
  }

  /**
   * As {@link hides}, for a header field of which all credentials are taken out whatever the lists say: to
   * `@credentials`, nothing is left to hide in it.
   */
  hidesWithoutCredentials(name: string): boolean {
    return (this.#chosen ?? this).hides(name);
  }

  #hides(name: string): boolean {
    if (this.mode !== 'deny') return !this.matchesName(name);
    return this.matchesName(name) || otherReadings(name).some((other) => this.matchesName(other));
  }

  /**
   * Whether a text that looks like JSON, and stands in a place for flat values, gives a value to a name of
   * `@credentials`, as GraphQL's `variables` in a query may.
   */
  hidesCredentialsIn(text: string): boolean {
    return this.#credentials?.namesMemberIn(text) ?? false;
  }

  /** Where a walk through a JSON document begins; no place of an earlier walk may be used after it. */
  start(): Place {
    this.#places.tidy();
    return this.#hidesAll ? LISTED : this.#places.root;
  }

  /** The place that has an id, in the walk in which it was given. */
  place(id: number): Place {
    return this.#places.byId(id);
  }

  /** Where a member of an object leads, its name decoded. In a denylist, `{"user.card": 1}` is also a path. */
  member(place: Place, name: string): Place {
    const member = this.#member(place, name);
    if (member === LISTED || this.mode !== 'deny') return member;
    // Paths have dots and brackets.
    if (place.leadsIntoObject && /[.[]/.test(name) && this.#spells(place, name)) return LISTED;
    return member;
  }

  #member(place: Place, name: string): Place {
    if (this.#credentials?.has(name)) return LISTED;
    if (place.tested && (this.#tests.match(name) ?? this.mode === 'deny')) return LISTED;
    return this.#places.member(place, place.names.get(name.toLowerCase()) ?? -1);
  }

  /**
   * Where a member of an object leads whose name is ASCII without escapes, from `start` to `end`, and, in a denylist,
   * without dots and brackets.
   */
  memberInAscii(place: Place, bytes: Buffer, start: number, end: number): Place {
    if (this.#credentials?.hasAscii(bytes, start, end, this.#knownInAscii)) return LISTED;
    if (place.tested && (this.#tests.matchAscii(bytes, start, end) ?? this.mode === 'deny')) {
      return LISTED;
    }
    return this.#places.member(place, place.table.find(bytes, start, end));
  }

  /** Where an element of an array leads; without an index, one of unknown position. */
  element(place: Place, index?: number): Place {
    return this.#places.element(place, index);
  }

  #fieldStep(place: Place, segment: string): Place {
    const index = /^\d+$/.test(segment) ? Number(segment) : undefined;
    const element = index === undefined && segment !== '' ? NOWHERE : this.element(place, index);
    if (element === LISTED || segment === '') return element;
    const leavesOut = this.mode === 'deny' && place !== this.#places.root;
    const from = leavesOut ? this.#places.withElements(place) : place;
    if (from === LISTED) return LISTED;
    const member = this.#member(from, segment);
    return member === LISTED ? LISTED : this.#places.union(member, element);
  }
}
