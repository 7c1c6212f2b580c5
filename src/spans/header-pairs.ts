import type { NameValue } from '../record/record';

/** Pairs as name, value, name, value, …. */
export function flatten(headers: readonly NameValue[]): string[] {
  return headers.flatMap(({ name, value }) => [name, value]);
}
