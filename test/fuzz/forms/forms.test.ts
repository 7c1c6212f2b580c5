import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formFaults, holdsNeedles } from './form-case';
import { FORMS } from './forms';

describe.each(Object.entries(FORMS))('%s', (_form, cases) => {
  it('never leave', () => {
    fc.assert(
      fc.property(cases, (one) => {
        expect(formFaults(one)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('would be found, as they were there', () => {
    fc.assert(
      fc.property(cases, (one) => {
        expect(holdsNeedles(one)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
