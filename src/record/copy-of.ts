/**
 * A string of its own, to be kept. V8's slices keep the string alive that they are a part of: all texts of a
 * record, for a name of 13 characters.
 */
export function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
