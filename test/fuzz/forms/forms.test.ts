import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formFaults, holdsNeedles } from './form-case';
import { FORMS } from './forms';
import { isOpenFault, OPEN_FAULTS } from './open-faults';

describe.each(Object.entries(FORMS))('%s', (_form, cases) => {
  it('never leave', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const faults = formFaults(one);
        if (faults.length > 0 && !isOpenFault(one)) expect(faults).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('would be found, as they were there', () => {
    fc.assert(
      fc.property(cases, (one) => {
        expect(holdsNeedles(one)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

it.each(OPEN_FAULTS)('it is still open: $what', ({ example, holds }) => {
  expect(holds(example)).toBe(true);
  expect(formFaults(example)).toEqual(['leaked: Qz1zQ']);
});
