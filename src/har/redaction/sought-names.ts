import { entryPath } from './path';

/** In JSON such a name can only be spelled as it is, in either case, or with \u. */
const PLAIN = /^[ !#-.0-[\]-~]+$/;

/**
 * Matches every text of JSON in which an entry of a denylist can match a name that is spelled without
 * `\u`. Of a path, one of its names is enough.
 *
 * @returns undefined when an entry can match names that are not known (a RegExp, `**`), or that JSON or
 *   `toLowerCase` spell in more ways than one
 */
export function soughtNames(entries: readonly (string | RegExp)[]): RegExp | undefined {
  const names = new Set<string>();
  for (const entry of entries) {
    const name = typeof entry === 'string' ? longestName(entry) : '';
    if (!PLAIN.test(name)) return undefined;
    names.add(name.toLowerCase());
  }
  // Not a case-insensitive comparison of Unicode: that alone folds the Kelvin sign, as toLowerCase does.
  return new RegExp([...names].map(pattern).join('|'), 'i');
}

function longestName(entry: string): string {
  const names = entryPath(entry, true).filter((segment) => typeof segment === 'string');
  return names.reduce((longest, name) => (name.length > longest.length ? name : longest), '');
}

function pattern(name: string): string {
  return name.replace(/[\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll('k', '[k\u212a]');
}
