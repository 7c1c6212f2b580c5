import type { NameValue } from '../record/record';

/**
 * Values of every field of that name, in order; names are compared without regard to case (RFC 9110
 * §5.1).
 */
export function fieldValues(headers: readonly NameValue[], name: string): string[] {
  const wanted = name.toLowerCase();
  return headers.filter((field) => field.name.toLowerCase() === wanted).map(({ value }) => value);
}

/** Value of the first field of that name: Node.js, too, takes the first Content-Type. */
export function fieldValue(headers: readonly NameValue[], name: string): string | undefined {
  return fieldValues(headers, name)[0];
}
