import { expect } from 'vitest';

/** Each size is so many times the one before. */
const STEP = 8;
/** Between {@link STEP}, for linear work, and its square, 64. */
const MOST_GROWTH = 24;
/** Milliseconds: what takes less is noise. */
const LEAST = 5;

/**
 * Asserts that work grows in proportion to its length. It compares CPU times of this process, one length with
 * a longer one, so that neither a slow machine nor a busy one matters. What is quadratic is found at the
 * shorter lengths already, before it takes minutes.
 */
export function expectLinear(length: number, work: (length: number) => void): void {
  let before = cpuMillis(() => work(Math.ceil(length / STEP / STEP)));
  for (const size of [Math.ceil(length / STEP), length]) {
    const most = MOST_GROWTH * Math.max(before, LEAST);
    let millis = Infinity;
    // A collection of garbage may fall into one run, not into each of three.
    for (let tries = 0; tries < 3 && millis > most; tries++) {
      millis = Math.min(
        millis,
        cpuMillis(() => work(size)),
      );
    }
    expect(millis, `milliseconds for a length of ${size}`).toBeLessThan(most);
    before = millis;
  }
}

function cpuMillis(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
