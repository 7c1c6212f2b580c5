import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GrowingBytes } from '../../src/record/growing-bytes';
import { appendJsonString } from '../../src/redaction/json-string';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...'"\\/\b\f\n\r\t\0\u001f\u007f\u2028é😀a'), maxLength: 300 }),
);

it('a text is written as JSON.stringify writes it, whatever room there is', () => {
  fc.assert(
    fc.property(text, text, fc.nat(40), (before, after, room) => {
      const out = new GrowingBytes(room);
      appendJsonString(out, Buffer.from(before));
      const bytes = Buffer.from(`<${after}>`);
      appendJsonString(out, bytes, 1, bytes.length - 1);
      expect(`"${out.written}"`).toBe(JSON.stringify(before + after));
    }),
    { numRuns: 3000 },
  );
});
