/** Entries of lists that look like something else than the name or the path that they would be taken for. */
import { isEntryPath } from '../redaction/path';

const QUOTED = /^(["'`“”‘’]).*["'`“”‘’]$/s;
const REGEXP = /^\/.+\/[dgimsuvy]*$/s;
const JSON_PATH = /^\$(?:\.|\[|$)/;

/**
 * Why an entry cannot mean what it looks like, and what to write instead: taken as it is, it would hide nothing, or
 * something else. Never its text, for it may be a secret in the wrong place.
 */
export function faultOfEntry(entry: string): string | undefined {
  if (entry !== entry.trim()) return 'begins or ends with a space: write the name without it';
  if (QUOTED.test(entry)) return 'has quotes in it: write the name without them';
  if (REGEXP.test(entry)) return 'is a RegExp in a string: write it without quotes, as /name/';
  if (JSON_PATH.test(entry)) return 'is a JSONPath: write a.b for "$.a.b" and **.b for "$..b"';
  const separator = /[,;]/.exec(entry)?.[0];
  if (separator !== undefined) {
    return `has "${separator}" in it: write an entry for each name, or a RegExp for a name that has it`;
  }
  if (entry.split('.').some((part) => part.includes('*') && part !== '**')) {
    return 'has a "*" that is not "**" between dots: write items[].card for every element, **.card for any depth, a RegExp for a part of a name';
  }
  if (isEntryPath(entry)) return undefined;
  return 'is neither a name nor a path: write a.b, items[].card or **.card, or a RegExp for a name that has such characters';
}
