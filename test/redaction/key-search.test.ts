import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretMask } from '../../src/redaction/mask';
import { expectLinear } from '../support/linear-time';

const isIn = (key: string, text: string) => new SecretMask(key).mayBeInBytes(Buffer.from(text));

const asJson = (character: string) =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
const asPercent = (character: string) =>
  Buffer.from(character).toString('hex').replace(/../g, '%$&');
const asShort = (character: string) =>
  character === '/' ? '\\/' : JSON.stringify(character).slice(1, -1);

const key = fc.string({
  minLength: 1,
  maxLength: 20,
  unit: fc.constantFrom(...'ab01-_/"\\ +%é€😀'),
});
const text = fc.string({
  maxLength: 60,
  unit: fc.constantFrom(
    ...'ab01-_/"\\ +%é€😀u',
    '\\u00',
    '\\u0061',
    '%61',
    '%2',
    '\\\\',
    '\\/',
    '+',
  ),
});
const spelling = fc.array(
  fc.constantFrom(asJson, asPercent, asShort, (same: string) => same),
  {
    minLength: 1,
    maxLength: 5,
  },
);

describe('a key that is sought in bytes', () => {
  it('is found in every text that would be changed by hiding it', () => {
    fc.assert(
      fc.property(key, text, text, spelling, (sought, before, after, how) => {
        const spelt = [...sought]
          .map((character, index) => how[index % how.length]?.(character))
          .join('');
        for (const whole of [
          `${before}${spelt}${after}`,
          `${before}${sought}`,
          `${before} ${sought}`,
          before,
        ]) {
          const secrets = new SecretMask(sought);
          if (secrets.hide(whole) !== whole) expect(isIn(sought, whole)).toBe(true);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['key-0123', '{"a":"key-012","b":"100%","c":"\\n\\"\\u00e9%20%2F%zz\\\\"}'],
    ['key-0123', 'key-012%2f3'],
    ['42', '{"a":420\\u0034}'.replace('42', '4')],
    ['key 0123', 'key+0124'],
  ])('is not said to be where it is not: %s, %s', (sought, where) => {
    expect(isIn(sought, where)).toBe(false);
  });

  it('is sought in linear time', () => {
    for (const unit of ['\\', '\\u006b', '%6b', '%', '\\\\', 'key-012', '+', '\\u', '%2']) {
      expectLinear(500_000, (length) => {
        isIn('key-0123 "x"', unit.repeat(length / unit.length));
      });
    }
  });
});
