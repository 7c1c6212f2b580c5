import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Outcome } from '../../../src/delivery/pipeline';
import { LogsPendingInWorker } from '../../../src/delivery/worker/pending-in-worker';

/** Logs that write down what became of them. */
function logs(count: number, results: [number, Outcome][], first: number) {
  return Array.from({ length: count }, (_, index) => ({
    record: new Uint8Array(0),
    onResult: (outcome: Outcome) => results.push([first + index, outcome]),
  }));
}

it('each log hears once what became of it, in whatever order the worker reports', () => {
  const step = fc.record({
    given: fc.integer({ min: 0, max: 3000 }),
    /** Which of those that are there are settled: all but every so-manieth. */
    keeps: fc.integer({ min: 1, max: 400 }),
    loses: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const pending = new LogsPendingInWorker();
      const results: [number, Outcome][] = [];
      const open = new Set<number>();
      let next = 0;
      let expected = 0;
      for (const { given, keeps, loses } of steps) {
        expect(pending.next).toBe(next);
        pending.give(logs(given, results, next));
        for (let number = next; number < next + given; number++) open.add(number);
        next += given;
        const settled = [...open].filter((number) => number % keeps !== 0);
        pending.settle(settled.flatMap((number) => [number, 'delivered' as const]));
        expected += settled.length;
        for (const number of settled) open.delete(number);
        expect(pending.size).toBe(open.size);
        if (loses) {
          const below = next - (given >> 1);
          const lost = [...open].filter((number) => number < below);
          pending.lose('worker_crashed', below);
          expected += lost.length;
          for (const number of lost) open.delete(number);
        }
        expect(pending.size).toBe(open.size);
      }
      expect(results).toHaveLength(expected);
      expect(new Set(results.map(([number]) => number)).size).toBe(expected);
      pending.lose('shutdown_timeout');
      expect(pending.size).toBe(0);
      expect(results).toHaveLength(next);
    }),
    { numRuns: 30 },
  );
});

it('a log that stays does not keep the places of those after it', () => {
  const pending = new LogsPendingInWorker();
  pending.give(logs(1, [], 0));
  for (let number = 1; number < 200_000; number += 100) {
    pending.give(logs(100, [], number));
    pending.settle(
      Array.from({ length: 100 }, (_, index) => [number + index, 'delivered']).flat() as number[],
    );
  }
  expect(pending.size).toBe(1);
  expect(pending.places).toBeLessThan(10_000);
});

it('another worker counts from 0 again', () => {
  const pending = new LogsPendingInWorker();
  const results: [number, Outcome][] = [];
  pending.give(logs(3, results, 0));
  pending.lose('worker_crashed');
  pending.restart();
  pending.give(logs(1, results, 0));
  pending.settle([0, 'delivered']);
  expect(results.at(-1)).toEqual([0, 'delivered']);
});
