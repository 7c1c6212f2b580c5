import fc from 'fast-check';
import { expect, it } from 'vitest';
import { earlyEnd } from './early-ends';
import { EndsArena } from './ends-arena';

it('of a body that ends early nothing leaves that must not, and it is marked as cut', async () => {
  const ends = await EndsArena.start();
  const cases = fc.sample(earlyEnd, { seed: 1, numRuns: 600 });
  const faults = await ends.check(cases);
  await ends.stop();
  const wrong = faults
    .map((all, index) => ({ all, one: cases[index] }))
    .filter(({ all }) => all?.length);
  expect(wrong).toEqual([]);
  // Most have a log: of a request that was gone at once there is none.
  expect(faults.filter((all) => all !== undefined).length).toBeGreaterThan(300);
});
