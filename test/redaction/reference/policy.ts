import {
  ANY_DEPTH,
  ELEMENT,
  entryPath,
  fieldPath,
  type Segment,
} from '../../../src/redaction/path';
import { soughtNames } from '../../../src/redaction/sought-names';

/** One entry of a denylist or an allowlist: a name, a path (`a.b`, `items[].card`, `**.password`) or a RegExp. */
export type ListEntry = string | RegExp;

/**
 * Where a walk through a document stands in the list: the entries that may still match further down.
 * Opaque outside this file, apart from {@link LISTED} and {@link NOWHERE}.
 */
export type Place = readonly PathNode[];

/** An entry names this very value, and with it all that is in it. */
export const LISTED: Place = [];

/** No entry can match here or further down. */
export const NOWHERE: Place = [];

/** A prefix of one or more entries; names are in lower case. */
interface PathNode {
  readonly names: Map<string, PathNode>;
  readonly tests: RegExp[];
  readonly indexes: Map<number, PathNode>;
  elements?: PathNode;
  anyDepth?: PathNode;
  /** The end of a `**`: it stays wherever the walk goes. */
  readonly repeats: boolean;
  /** What is left of this node inside an array that no `[]` named: its names, not its `[]`. */
  throughArrays?: PathNode;
  /** An entry ends here. */
  listed: boolean;
  /** Where a walk stands that has come here: this node, and `anyDepth` for its zero members. */
  reach: Place;
}

/** As in `src/redaction/policy.ts`. */
export function compilePolicy(lists: {
  denylist?: readonly ListEntry[];
  allowlist?: readonly ListEntry[];
}): Policy {
  if (lists.denylist !== undefined && lists.denylist.length > 0) {
    return new Policy('deny', compileEntries(lists.denylist, true), soughtNames(lists.denylist));
  }
  if (lists.allowlist !== undefined) {
    return new Policy('allow', compileEntries(lists.allowlist, false));
  }
  return new Policy('none', compileEntries([], false));
}

/** A compiled denylist or allowlist, or neither. It has no state: one policy serves any number of exchanges. */
export class Policy {
  readonly mode: 'none' | 'deny' | 'allow';
  readonly #root: PathNode;
  readonly #sought: RegExp | undefined;

  /** Made by {@link compilePolicy}. */
  constructor(mode: Policy['mode'], root: PathNode, sought?: RegExp) {
    this.mode = mode;
    this.#root = root;
    this.#sought = sought;
  }

  /**
   * Whether an entry of a denylist may match any name in a text of JSON. False only when no such name is
   * there, whatever the structure of the text.
   */
  mayNameIn(text: string): boolean {
    // Where names may be spelled with \u0070 (or, for lax readers, \x70), they are sought by reading.
    if (this.#sought === undefined || text.includes('\\u') || text.includes('\\x')) return true;
    return this.#sought.test(text);
  }

  /**
   * Whether an entry lists a flat name: of a header, a query parameter, or a form or multipart field,
   * already decoded. `user[password]`, `user.password` and `items[0][card]` are read as paths as well.
   */
  matchesName(name: string): boolean {
    if (this.mode === 'none') return false;
    const root: Place = this.#root.reach;
    return this.#member(root, name) === LISTED || this.#spells(root, name);
  }

  /** Whether a name spells a path from a place on that an entry lists. */
  #spells(from: Place, name: string): boolean {
    let place = from;
    const deny = this.mode === 'deny';
    for (const segment of fieldPath(name, deny)) {
      place = this.#fieldStep(place, segment);
      if (place === LISTED) return true;
      if (place.length === 0) return false;
    }
    // `tags=a&tags=b` is how many forms spell `tags[]`.
    return deny && place !== from && throughElements(place) === LISTED;
  }

  /** Whether a flat name must not leave with its value: denied, or not on the allowlist. */
  hides(name: string): boolean {
    return this.mode !== 'none' && this.matchesName(name) === (this.mode === 'deny');
  }

  /** Where a walk through a JSON document begins. */
  get start(): Place {
    return this.mode === 'deny' && this.#root.listed ? LISTED : this.#root.reach;
  }

  /** Where a member of an object leads, its name decoded. */
  member(place: Place, name: string): Place {
    const isPath = this.mode === 'deny' && /[.[]/.test(name);
    return isPath && this.#spells(place, name) ? LISTED : this.#member(place, name);
  }

  #member(place: Place, name: string): Place {
    if (place.length === 0) return NOWHERE;
    const lower = name.toLowerCase();
    let next = NOWHERE;
    for (const node of place) {
      if (node.repeats) {
        if (node.listed) return LISTED;
        next = union(next, node.reach);
      }
      const child = node.names.get(lower);
      if (child !== undefined) {
        if (child.listed) return LISTED;
        next = union(next, child.reach);
      }
      for (const test of node.tests) if (test.test(name)) return LISTED;
    }
    return next;
  }

  /** Where an element of an array leads; without an index, one of unknown position. */
  element(place: Place, index?: number): Place {
    let next = NOWHERE;
    for (const node of place) {
      if (node.repeats) {
        if (node.listed) return LISTED;
        next = union(next, node.reach);
      } else if (node.throughArrays !== undefined) {
        next = union(next, node.throughArrays.reach);
      }
      const numbered = index === undefined ? undefined : node.indexes.get(index);
      for (const child of [node.elements, numbered]) {
        if (child === undefined) continue;
        if (child.listed) return LISTED;
        next = union(next, child.reach);
      }
    }
    return next;
  }

  /** Whether an entry can match inside an object, or inside an array, at this place. */
  leadsInto(place: Place, container: 'object' | 'array'): boolean {
    return place.some((node) =>
      container === 'object'
        ? node.repeats || node.names.size > 0 || node.tests.length > 0
        : node.repeats ||
          node.throughArrays !== undefined ||
          node.elements !== undefined ||
          node.indexes.size > 0,
    );
  }

  #fieldStep(place: Place, segment: string): Place {
    const index = /^\d+$/.test(segment) ? Number(segment) : undefined;
    const element = index === undefined && segment !== '' ? NOWHERE : this.element(place, index);
    if (element === LISTED || segment === '') return element;
    const leavesOut = this.mode === 'deny' && place !== this.#root.reach;
    const from = leavesOut ? throughElements(place) : place;
    if (from === LISTED) return LISTED;
    const member = this.#member(from, segment);
    return member === LISTED ? LISTED : union(member, element);
  }
}

function compileEntries(entries: readonly ListEntry[], deny: boolean): PathNode {
  const root = createNode();
  for (const entry of entries) {
    // Not instanceof: a RegExp of another realm (vm, Jest) is none here.
    if (typeof entry !== 'string') {
      const flags = `${entry.flags.replace(/[giy]/g, '')}i`;
      (deny ? childOf(root, ANY_DEPTH) : root).tests.push(new RegExp(entry.source, flags));
      continue;
    }
    insert(root, [entry]);
    const path = entryPath(entry, deny);
    if (path.length > 0) insert(root, path);
  }
  finish(root, deny);
  return root;
}

function createNode(repeats = false): PathNode {
  return { names: new Map(), tests: [], indexes: new Map(), repeats, listed: false, reach: [] };
}

function insert(root: PathNode, path: readonly Segment[]): void {
  let node = root;
  let before = root;
  for (const segment of path) {
    before = node;
    node = childOf(node, segment);
  }
  node.listed = true;
  if (node.repeats) before.listed = true;
}

function childOf(node: PathNode, segment: Segment): PathNode {
  if (segment === ANY_DEPTH) {
    if (node.repeats) return node;
    node.anyDepth ??= createNode(true);
    return node.anyDepth;
  }
  if (segment === ELEMENT) {
    node.elements ??= createNode();
    return node.elements;
  }
  const children: Map<string | number, PathNode> =
    typeof segment === 'number' ? node.indexes : node.names;
  const key = typeof segment === 'number' ? segment : segment.toLowerCase();
  const child = children.get(key) ?? createNode();
  children.set(key, child);
  return child;
}

/** Fills in what a walk needs of each node, once the entries are in. */
function finish(root: PathNode, deny: boolean): void {
  const nodes = [root];
  for (const node of nodes) {
    node.reach = node.anyDepth === undefined ? [node] : [node, node.anyDepth];
    nodes.push(...node.names.values(), ...node.indexes.values());
    if (node.elements !== undefined) nodes.push(node.elements);
    if (node.anyDepth !== undefined) nodes.push(node.anyDepth);
    if (!deny && node !== root) continue;
    const through: PathNode = { ...createNode(), names: node.names, tests: node.tests };
    through.reach = [through];
    if (deny) through.throughArrays = through;
    node.throughArrays = through;
  }
}

function union(left: Place, right: Place): Place {
  if (left.length === 0) return right;
  const added = right.filter((node) => !left.includes(node));
  return added.length === 0 ? left : [...left, ...added];
}

/** The place and, for field names that leave the brackets out, all places inside arrays at it. */
function throughElements(place: Place): Place {
  const nodes = [...place];
  for (const node of nodes) {
    for (const child of [node.elements, ...node.indexes.values()]) {
      if (child?.listed) return LISTED;
      if (child !== undefined) nodes.push(...child.reach);
    }
  }
  return nodes;
}
