import type { ResolvedOptions } from './readme-options';

/** Equal for equal lists. */
export function listsAsText({
  denylist,
  allowlist,
}: Pick<ResolvedOptions, 'denylist' | 'allowlist'>): string {
  return JSON.stringify([denylist, allowlist], (_key, value: unknown) =>
    value instanceof RegExp ? `RegExp ${value}` : value,
  );
}

/**
 * Whether all that one pair of lists hides is hidden by another too, as {@link listsAsText} gives them: the same
 * lists, a denylist with more entries, or an allowlist with fewer.
 */
export function listsCover(lists: string, others: string): boolean {
  if (lists === others) return true;
  const [mine, theirs] = [readLists(lists), readLists(others)];
  if (theirs.mode === 'none') return true;
  if (mine.mode !== theirs.mode) return false;
  const [more, fewer] = mine.mode === 'deny' ? [mine, theirs] : [theirs, mine];
  return fewer.entries.every((entry) => more.entries.includes(entry));
}

function readLists(text: string): { mode: 'deny' | 'allow' | 'none'; entries: readonly string[] } {
  const [denylist, allowlist] = JSON.parse(text) as (string[] | null)[];
  if (denylist && denylist.length > 0) return { mode: 'deny', entries: denylist };
  return allowlist ? { mode: 'allow', entries: allowlist } : { mode: 'none', entries: [] };
}
