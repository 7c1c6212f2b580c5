import { createHash } from 'node:crypto';

/** The shape of {@link mask}'s result. */
const MASKED = /^sha512-[A-Za-z0-9+/]{86}==\?/;

/** Of a value with fewer characters, four would be too much of it. */
const SHORTEST_TO_SHOW_END = 12;

/**
 * What stands in place of a credential: `sha512-<base64 of the SHA-512 of its UTF-8>?<its last 4 characters>`, without
 * those characters where there are fewer than 12.
 */
export function mask(value: string): string {
  // As many code units hold twelve characters, whatever they are.
  const characters = [...value.slice(-2 * SHORTEST_TO_SHOW_END)];
  const shown = characters.length < SHORTEST_TO_SHOW_END ? [] : characters.slice(-4);
  return `${hashed(value)}?${shown.join('')}`;
}

/** The mask of a caller's key as `group.id` has it, which ReadMe reads: always with the last 4 characters. */
export function maskOfCaller(key: string): string {
  return `${hashed(key)}?${[...key.slice(-8)].slice(-4).join('')}`;
}

function hashed(value: string): string {
  return `sha512-${createHash('sha512').update(value, 'utf8').digest('base64')}`;
}

/** Whether a string has the shape of a mask. */
export function isMasked(value: string): boolean {
  return MASKED.test(value);
}
