import { isUtf8 } from 'node:buffer';
import { latin1 } from './key-spellings';

const NOT_ASCII = /[^\0-\x7f]/;
const BEYOND_LATIN1 = /[^\0-\xff]/;

/**
 * What a key may look like where it was read in another charset than it was written in, or was composed
 * otherwise (Unicode Standard Annex 15): itself first. Node reads all of a head as latin1, and browsers take
 * latin1 for windows-1252.
 */
export function keyForms(key: string): string[] {
  if (!NOT_ASCII.test(key)) return [key];
  const forms = [key, key.normalize('NFC'), key.normalize('NFD')];
  if (!BEYOND_LATIN1.test(key)) {
    const bytes = Buffer.from(key, 'latin1');
    if (isUtf8(bytes)) forms.push(bytes.toString('utf8'));
  }
  const misread = new TextDecoder('windows-1252');
  for (const form of [...forms]) forms.push(latin1(form), misread.decode(Buffer.from(form)));
  return [...new Set(forms)];
}

/** A spelling of a key, and of its mask. */
export interface KeyForm {
  readonly key: string;
  readonly masked: string;
}

/**
 * A key in a text that is UTF-16 or UTF-32 and was read a byte a character: of ASCII, either byte order is the same
 * but for the ends.
 */
export function wideForms(key: string, masked: string): KeyForm[] {
  if (NOT_ASCII.test(key)) {
    return [utf16, utf32].flatMap((encode) =>
      [false, true].map((bigEndian) => ({
        key: encode(key, bigEndian),
        masked: encode(masked, bigEndian),
      })),
    );
  }
  return ['\0', '\0\0\0'].map((gap) => ({
    key: [...key].join(gap),
    masked: [...masked].join(gap),
  }));
}

/** A key and its mask in the charsets of bodies, one character a byte. */
export function byteForms(key: string, masked: string): KeyForm[] {
  const forms: KeyForm[] = [];
  for (const form of keyForms(key)) {
    forms.push({ key: latin1(form), masked });
    if (!BEYOND_LATIN1.test(form)) forms.push({ key: form, masked });
    forms.push(...wideForms(form, masked));
  }
  const known = new Set<string>();
  return forms.filter((form) => !known.has(form.key) && known.add(form.key));
}

/** A text with something in place of a part of it, in whatever case that is written. */
export function replaceAnyCase(text: string, part: string, replacement: string): string {
  let at = 0;
  return text
    .toLowerCase()
    .split(part.toLowerCase())
    .map(({ length }) => {
      const piece = text.slice(at, at + length);
      at += length + part.length;
      return piece;
    })
    .join(replacement);
}

function utf16(text: string, bigEndian: boolean): string {
  const bytes = Buffer.from(text, 'utf16le');
  return (bigEndian ? bytes.swap16() : bytes).toString('latin1');
}

function utf32(text: string, bigEndian: boolean): string {
  const points = [...text].map((character) => character.codePointAt(0) as number);
  const bytes = Buffer.alloc(4 * points.length);
  points.forEach((point, index) => {
    if (bigEndian) bytes.writeUInt32BE(point, 4 * index);
    else bytes.writeUInt32LE(point, 4 * index);
  });
  return bytes.toString('latin1');
}
