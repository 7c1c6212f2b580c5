import { isUtf8 } from 'node:buffer';

const NOT_ASCII = /[^ -~]/;
const BEYOND_LATIN1 = /[^\0-\xff]/;

/**
 * What a name may be that was read in the wrong charset: UTF-8 that was read as latin1 (as Node reads all of a
 * head), ASCII in UTF-16 that was read as a byte a character, or
 * letters that are composed otherwise (Unicode Standard Annex 15).
 */
export function otherReadings(name: string): string[] {
  if (!NOT_ASCII.test(name)) return [];
  const readings = [name.normalize('NFC'), name.normalize('NFD')];
  if (name.includes('\0')) readings.push(name.replaceAll('\0', ''));
  if (!BEYOND_LATIN1.test(name)) {
    const bytes = Buffer.from(name, 'latin1');
    if (isUtf8(bytes)) readings.push(bytes.toString('utf8'));
  }
  return readings;
}
