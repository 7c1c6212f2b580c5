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
