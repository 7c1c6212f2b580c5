import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Comparison } from './compare';
import { fuzzExchange } from './exchanges';

let comparison: Comparison;

beforeAll(async () => {
  comparison = await Comparison.start();
});
afterAll(() => comparison.stop());

describe('generated exchanges', () => {
  it('are the same to client and application with and without the package, and logged as they were', async () => {
    const exchanges = fc.sample(fuzzExchange, { seed: 1, numRuns: 300 });
    const { differences, requests } = await comparison.compare(exchanges);
    expect(differences).toEqual([]);
    expect(requests).toBeGreaterThan(100);
  }, 60_000);
});
