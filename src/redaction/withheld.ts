/** What stands in place of something that has names and cannot be read. */
export function withheldMark(bytes: number): string {
  return `[REDACTED ${bytes} bytes: could not be filtered]`;
}

/** How a comment begins that says why. */
export const WITHHELD = 'withheld: ';
