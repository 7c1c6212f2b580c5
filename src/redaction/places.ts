import { NameTable } from './name-table';
import type { CompiledEntries, PathNode } from './path-nodes';

/** Ids of places are kept in 16 bits for each level of a document. */
const MOST_PLACES = 65_536;

/** More than a list needs, unless its `**`s are combined by a client in all the ways that there are. */
const PLACES_TO_SPARE = 1000;

/** Where a walk through a document stands in a list: the nodes that may still match further down. */
export class Place {
  readonly id: number;
  readonly nodes: readonly PathNode[];
  /** Lower-case names of the members at which something in particular may match, in the order of `members`. */
  readonly names: ReadonlyMap<string, number>;
  /** The list's RegExps are tried on members here. */
  readonly tested: boolean;
  /** Where those elements of an array lead that an entry numbers, as far as it was asked for. */
  readonly numbered: Map<number, Place | undefined>;
  /** Whether an entry can match inside an object, or inside an array, that is here. */
  readonly leadsIntoObject: boolean;
  readonly leadsIntoArray: boolean;
  /** Where members lead that have a name, as far as it was asked for. */
  readonly members: Place[] = [];
  otherMember: Place | undefined;
  anyElement: Place | undefined;
  inElements: Place | undefined;
  #table: NameTable | undefined;

  constructor(id: number, nodes: readonly PathNode[]) {
    this.id = id;
    this.nodes = nodes;
    const names = new Map<string, number>();
    for (const node of nodes) {
      for (const name of node.names.keys()) if (!names.has(name)) names.set(name, names.size);
    }
    this.names = names;
    this.tested = nodes.some((node) => node.tested);
    this.numbered = new Map();
    for (const node of nodes) {
      for (const index of node.indexes.keys()) this.numbered.set(index, undefined);
    }
    const repeats = nodes.some((node) => node.repeats);
    this.leadsIntoObject = repeats || names.size > 0 || this.tested;
    this.leadsIntoArray =
      repeats ||
      this.numbered.size > 0 ||
      nodes.some((node) => node.throughArrays ?? node.elements);
  }

  get table(): NameTable {
    this.#table ??= new NameTable([...this.names.keys()]);
    return this.#table;
  }
}

/** No entry can match here or further down. */
export const NOWHERE = new Place(0, []);

/** An entry names this very value, and with it all that is in it. */
export const LISTED = new Place(1, []);

/**
 * The places of one list, each made when a document first comes there: a deterministic automaton of the
 * tree of path nodes. There are a bounded number of them, since documents decide which are made.
 */
export class Places {
  readonly #most: number;
  /** Where a walk stands that would need one place too many: fails closed. */
  readonly #beyond: Place;
  readonly #byId: Place[] = [NOWHERE, LISTED];
  readonly #byNodes = new Map<string, Place>();
  readonly #rootNodes: readonly PathNode[];
  #root: Place;

  constructor({ root, size }: CompiledEntries, deny: boolean) {
    this.#most = Math.min(PLACES_TO_SPARE + 4 * size, MOST_PLACES);
    this.#beyond = deny ? LISTED : NOWHERE;
    this.#rootNodes = root.reach;
    this.#root = this.#of(root.reach);
  }

  get root(): Place {
    return this.#root;
  }

  /** To be called where no place is remembered: forgets all of them when there are too many. */
  tidy(): void {
    if (this.#byId.length < this.#most) return;
    this.#byId.length = 2;
    this.#byNodes.clear();
    this.#root = this.#of(this.#rootNodes);
  }

  byId(id: number): Place {
    return this.#byId[id] as Place;
  }

  /** Where a member leads whose name in lower case has that index in `place.names`; -1 for any other. */
  member(place: Place, index: number): Place {
    if (index < 0) {
      place.otherMember ??= this.#member(place.nodes, undefined);
      return place.otherMember;
    }
    let member = place.members[index];
    if (member === undefined) {
      member = this.#member(place.nodes, [...place.names.keys()][index]);
      place.members[index] = member;
    }
    return member;
  }

  #member(nodes: readonly PathNode[], lower: string | undefined): Place {
    const next = new Set<PathNode>();
    for (const node of nodes) {
      if (node.repeats) {
        if (node.listed) return LISTED;
        addAll(next, node.reach);
      }
      const child = lower === undefined ? undefined : node.names.get(lower);
      if (child === undefined) continue;
      if (child.listed) return LISTED;
      addAll(next, child.reach);
    }
    return this.#of([...next]);
  }

  /** Where an element of an array leads; without an index, one of unknown position. */
  element(place: Place, index?: number): Place {
    if (index !== undefined && place.numbered.has(index)) {
      const known = place.numbered.get(index);
      const element = known ?? this.#element(place.nodes, index);
      if (known === undefined) place.numbered.set(index, element);
      return element;
    }
    place.anyElement ??= this.#element(place.nodes, undefined);
    return place.anyElement;
  }

  #element(nodes: readonly PathNode[], index: number | undefined): Place {
    const next = new Set<PathNode>();
    for (const node of nodes) {
      if (node.repeats) {
        if (node.listed) return LISTED;
        addAll(next, node.reach);
      } else if (node.throughArrays !== undefined) {
        addAll(next, node.throughArrays.reach);
      }
      const numbered = index === undefined ? undefined : node.indexes.get(index);
      for (const child of [node.elements, numbered]) {
        if (child === undefined) continue;
        if (child.listed) return LISTED;
        addAll(next, child.reach);
      }
    }
    return this.#of([...next]);
  }

  /** The place and, for field names that leave the brackets out, all places inside arrays at it. */
  withElements(place: Place): Place {
    place.inElements ??= this.#withElements(place.nodes);
    return place.inElements;
  }

  #withElements(nodes: readonly PathNode[]): Place {
    const all = new Set(nodes);
    for (const node of all) {
      for (const child of [node.elements, ...node.indexes.values()]) {
        if (child?.listed) return LISTED;
        if (child !== undefined) addAll(all, child.reach);
      }
    }
    return this.#of([...all]);
  }

  /** What may match at either of two places. */
  union(left: Place, right: Place): Place {
    if (left === right || right.nodes.length === 0) return left;
    return left.nodes.length === 0
      ? right
      : this.#of([...new Set([...left.nodes, ...right.nodes])]);
  }

  #of(nodes: readonly PathNode[]): Place {
    if (nodes.length === 0) return NOWHERE;
    const key = nodes
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join();
    let place = this.#byNodes.get(key);
    if (place === undefined) {
      const id = this.#byId.length;
      if (id >= this.#most) return this.#beyond;
      place = new Place(id, nodes);
      this.#byId.push(place);
      this.#byNodes.set(key, place);
    }
    return place;
  }
}

function addAll(nodes: Set<PathNode>, more: readonly PathNode[]): void {
  for (const node of more) nodes.add(node);
}
