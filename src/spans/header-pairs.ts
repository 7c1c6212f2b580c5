import type { NameValue } from '../record/span-record';

/** The fields of a header block as Node wrote it, without its first line. */
export function parseHeaderBlock(block: string): NameValue[] {
  const headers: NameValue[] = [];
  for (const line of block.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon > 0)
      headers.push({ name: line.slice(0, colon), value: line.slice(colon + 1).trim() });
  }
  return headers;
}

/** Name, value, name, value, … as pairs. */
export function toPairs(flat: readonly string[]): NameValue[] {
  const pairs: NameValue[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push({ name: flat[index] as string, value: flat[index + 1] as string });
  }
  return pairs;
}

/** Pairs as name, value, name, value, …. */
export function flatten(headers: readonly NameValue[]): string[] {
  return headers.flatMap(({ name, value }) => [name, value]);
}
