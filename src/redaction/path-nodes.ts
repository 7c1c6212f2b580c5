import { CREDENTIALS_ENTRY } from './credentials';
import { ANY_DEPTH, ELEMENT, entryPath, type ListEntry, type Segment } from './path';

/** A prefix of one or more entries of a list; names are in lower case. */
export interface PathNode {
  /** Unlike that of any other node of the list. */
  readonly id: number;
  readonly names: Map<string, PathNode>;
  /** The RegExps of the list are tried on member names here. */
  tested: boolean;
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
  reach: readonly PathNode[];
}

/** A list as a tree of path nodes, and its RegExps. */
export interface CompiledEntries {
  readonly root: PathNode;
  readonly tests: readonly RegExp[];
  /** `@credentials` is among the entries of a denylist. */
  readonly credentials: boolean;
  /** How many nodes there are. */
  readonly size: number;
}

/** @param deny read as a denylist, which fails closed: see `compilePolicy` */
export function compileEntries(entries: readonly ListEntry[], deny: boolean): CompiledEntries {
  const tree = new Tree();
  const tests: RegExp[] = [];
  let credentials = false;
  for (const entry of entries) {
    // Not instanceof: a RegExp of another realm (vm, Jest) is none here.
    if (typeof entry !== 'string') {
      tests.push(new RegExp(entry.source, `${entry.flags.replace(/[giy]/g, '')}i`));
      (deny ? tree.childOf(tree.root, ANY_DEPTH) : tree.root).tested = true;
      continue;
    }
    if (deny && entry === CREDENTIALS_ENTRY) {
      credentials = true;
      // So that there is no place to which a walk does not look.
      tree.childOf(tree.root, ANY_DEPTH);
      continue;
    }
    tree.insert([entry]);
    const path = entryPath(entry, deny);
    if (path.length > 0) tree.insert(path);
  }
  tree.finish(deny);
  return { root: tree.root, tests, credentials, size: tree.size };
}

class Tree {
  size = 0;
  readonly root = this.#node();

  #node(repeats = false): PathNode {
    const id = this.size;
    this.size += 1;
    const tested = false;
    return { id, names: new Map(), tested, indexes: new Map(), repeats, listed: false, reach: [] };
  }

  insert(path: readonly Segment[]): void {
    let node = this.root;
    let before = node;
    for (const segment of path) {
      before = node;
      node = this.childOf(node, segment);
    }
    node.listed = true;
    if (node.repeats) before.listed = true;
  }

  childOf(node: PathNode, segment: Segment): PathNode {
    if (segment === ANY_DEPTH) {
      if (node.repeats) return node;
      node.anyDepth ??= this.#node(true);
      return node.anyDepth;
    }
    if (segment === ELEMENT) {
      node.elements ??= this.#node();
      return node.elements;
    }
    const children: Map<string | number, PathNode> =
      typeof segment === 'number' ? node.indexes : node.names;
    const key = typeof segment === 'number' ? segment : segment.toLowerCase();
    const child = children.get(key) ?? this.#node();
    children.set(key, child);
    return child;
  }

  /** Fills in what a walk needs of each node, once the entries are in. */
  finish(deny: boolean): void {
    const nodes = [this.root];
    for (const node of nodes) {
      node.reach = node.anyDepth === undefined ? [node] : [node, node.anyDepth];
      nodes.push(...node.names.values(), ...node.indexes.values());
      if (node.elements !== undefined) nodes.push(node.elements);
      if (node.anyDepth !== undefined) nodes.push(node.anyDepth);
      if (!deny && node !== this.root) continue;
      const through: PathNode = { ...this.#node(), names: node.names, tested: node.tested };
      through.reach = [through];
      if (deny) through.throughArrays = through;
      node.throughArrays = through;
    }
  }
}
