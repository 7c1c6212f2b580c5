/** One entry of a denylist or an allowlist: a name, a path (`a.b`, `items[].card`, `**.password`) or a RegExp. */
export type ListEntry = string | RegExp;

/** Every element of an array, `[]` in an entry. */
export const ELEMENT = Symbol('[]');

/** Any number of members or elements, also none, `**` in an entry. */
export const ANY_DEPTH = Symbol('**');

/** One step of an entry's path: a member name, an index, or one of the above. */
export type Segment = string | number | typeof ELEMENT | typeof ANY_DEPTH;

const BRACKETS = /\[([^[\]]*)\]/g;
const WELL_FORMED = /^[^[\]]*(\[[^[\]]*\])*$/;
const INDEX = /^\d+$/;

/**
 * The path that an entry of a list spells. Brackets around a name are as forms write them: `user[password]`.
 *
 * An entry spells none that has unpaired brackets, an empty name, or a `*`, which other tools know as a
 * wildcard and this grammar does not: the path is empty then or, when `loose`, whatever it may have meant.
 */
export function entryPath(entry: string, loose: boolean): Segment[] {
  return strictEntryPath(entry) ?? (loose ? looseEntryPath(entry) : []);
}

/** Whether an entry spells a path as {@link entryPath} has it; a plain name is one. */
export function isEntryPath(entry: string): boolean {
  return strictEntryPath(entry) !== undefined;
}

/**
 * The names in a field name, `''` for `[]`. When its dots and brackets do not make a path, there are none
 * or, when `loose`, all that stand between them.
 */
export function fieldPath(name: string, loose: boolean): string[] {
  return loose ? looseSegments(name) : strictSegments(name);
}

function strictEntryPath(entry: string): Segment[] | undefined {
  const path: Segment[] = [];
  const parts = entry.split('.');
  for (const part of parts) {
    if (part === '**') {
      if (path.at(-1) !== ANY_DEPTH) path.push(ANY_DEPTH);
      continue;
    }
    const wildcard = part === '*' && parts.length > 1;
    if (part === '' || wildcard || !WELL_FORMED.test(part)) return undefined;
    const bracket = part.indexOf('[');
    const name = bracket < 0 ? part : part.slice(0, bracket);
    if (name !== '') path.push(name);
    for (const [, inner = ''] of part.slice(name.length).matchAll(BRACKETS)) {
      path.push(inner === '' ? ELEMENT : INDEX.test(inner) ? Number(inner) : inner);
    }
  }
  return path;
}

function looseEntryPath(entry: string): Segment[] {
  return looseSegments(entry)
    .filter((name) => !INDEX.test(name))
    .map((name) => (/^\*+$/.test(name) ? ANY_DEPTH : name));
}

/** No typo may evade a denylist. */
function looseSegments(name: string): string[] {
  return name
    .split(/[.[\]]/)
    .map((segment) => segment.trim())
    .filter((segment) => segment !== '');
}

function strictSegments(name: string): string[] {
  const segments: string[] = [];
  const separator = /[.[]/g;
  for (let at = 0; at < name.length; ) {
    if (name[at] === '[') {
      const close = name.indexOf(']', at);
      if (close < 0) return [];
      segments.push(name.slice(at + 1, close));
      at = close + 1;
      continue;
    }
    if (name[at] === '.') at += 1;
    separator.lastIndex = at;
    const end = separator.exec(name)?.index ?? name.length;
    if (end === at) return [];
    segments.push(name.slice(at, end));
    at = end;
  }
  return segments;
}
