import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentCase, documentFaults } from './documents';
import { leaksOf } from './leaks';

describe('generated documents and lists', () => {
  it('let nothing out that is denied, keep what passes byte for byte, and make valid HAR', () => {
    fc.assert(
      fc.property(documentCase, (one) => {
        expect(documentFaults(one)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['raw', 'a Qz1zQ&"é" b'],
    ['in JSON', JSON.stringify({ a: 'Qz1zQ&"é"' })],
    ['in JSON with escapes', '"\\u0051z1zQ&\\"é\\""'],
    ['percent-encoded', `?a=${encodeURIComponent('Qz1zQ&"é"')}`],
    ['as base64', Buffer.from('xQz1zQ&"é"y').toString('base64')],
    ['as UTF-16 in base64', Buffer.from('Qz1zQ', 'utf16le').toString('base64')],
  ])('a leak would be found %s', (_how, text) => {
    expect(leaksOf({ text }, ['Qz1zQ&"é"', 'Qz1zQ'])).not.toEqual([]);
  });
});
