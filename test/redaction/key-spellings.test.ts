import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeySpellings } from '../../src/redaction/key-spellings';
import { expectLinear } from '../support/linear-time';

const MASK = '<masked>';

/** Spells a text with some of its characters escaped. */
function spell(text: string, choices: boolean[], encode: (character: string) => string): string {
  return [...text]
    .map((character, index) => (choices[index % choices.length] ? encode(character) : character))
    .join('');
}

const asJson = (text: string) =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
const asPercent = (text: string) => Buffer.from(text).toString('hex').replace(/../g, '%$&');

const key = fc.string({ minLength: 8, maxLength: 30, unit: fc.constantFrom(...'abc019-_é€😀+ /') });
const choices = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 });
const around = fc.string({ maxLength: 20, unit: fc.constantFrom(...'xyz&=<>é€😀') });

describe('a key', () => {
  it.each([
    ['JSON', asJson],
    ['percent-encoding', asPercent],
  ])('is found in any mixture of %s and plain characters, and the rest stays', (_how, encode) => {
    fc.assert(
      fc.property(key, choices, choices, around, around, (text, first, second, before, after) => {
        const spellings = new KeySpellings(text, 'MASKED');
        const one = spell(text, first, encode);
        const two = spell(text, second, encode);
        // A key that has the sign of an escape itself may be read in two ways.
        fc.pre(!text.includes('\\') && !`${before}${after}`.includes(text));
        expect(spellings.replaceIn(`${before}${one}${after}${two}${after}`, 'MASKED')).toBe(
          `${before}MASKED${after}MASKED${after}`,
        );
      }),
    );
  });

  it('leaves other escapes as they are', () => {
    const spellings = new KeySpellings('key-0123', MASK);
    const text = '{"a":"\\u00e9\\n\\"%41%zz\\\\","b":"100%"}';
    expect(spellings.replaceIn(text, MASK)).toBe(text);
    expect(spellings.replaceIn(`${text}\\u006bey-0123\\u00e9`, MASK)).toBe(`${text}${MASK}\\u00e9`);
  });

  it('is taken off the end of a text that was cut within it', () => {
    const spellings = new KeySpellings('key-0123-é', MASK);
    expect(spellings.withoutCutKey('text key-012')).toBe('text ');
    expect(spellings.withoutCutKey('text key-0123-%C3')).toBe('text ');
    expect(spellings.withoutCutKey('text key')).toBe('text key');
    expect(spellings.withoutCutKey('')).toBe('');
  });

  it.each([
    [`${'a'.repeat(8000)}b`, 'a'],
    [`b${'a'.repeat(8000)}`, 'a'],
    [`${'ab'.repeat(4000)}c`, 'ab'],
    ['a'.repeat(8000), 'a'],
  ])('of a client that means harm costs no more than any other', (hostile, unit) => {
    const spellings = new KeySpellings(hostile, MASK);
    for (const tail of ['\\n', '\\u0061', '%61', '%61\\u0061']) {
      expectLinear(1_000_000, (length) => {
        const text = unit.repeat(length / unit.length) + tail;
        spellings.replaceIn(text, MASK);
        spellings.withoutCutKey(text);
      });
    }
  });
});
