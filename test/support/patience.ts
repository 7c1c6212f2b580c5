/**
 * No test depends on how fast the machine is. What a test waits for, it waits for by an event or with
 * {@link until}; deadlines of the package are either longer than a test may take, or what the test is about.
 */
import timers from 'node:timers/promises';

/** Taken now: fake timers of Vitest replace it in the module, and with it wherever it is imported by name. */
const { setTimeout: sleep } = timers;

/** Milliseconds after which a test gives up. This bounds a hang and proves nothing. */
export const PATIENCE_MILLIS = 120_000;

/**
 * Milliseconds of a deadline that must not be reached, or not be waited for: the longest that every setting
 * takes, and longer than `testTimeout`, so that a test in which it is waited for fails.
 */
export const NEVER_MILLIS = 300_000;

/** For `expect.poll`. */
export const POLL = { timeout: PATIENCE_MILLIS, interval: 20 };

/** Deadlines of a process that is slow for no fault of its own: for tests about something else. */
export const PATIENT_ENV = {
  README_TIMEOUT_MILLIS: String(PATIENCE_MILLIS),
  README_EXIT_TIMEOUT_MILLIS: String(PATIENCE_MILLIS),
};

/** Waits for what takes some turns of the event loop, of another thread or of another process. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MILLIS;
  while (!(await isSo())) {
    if (performance.now() > end)
      throw new Error(`still not so after ${PATIENCE_MILLIS} ms: ${isSo}`);
    await sleep(5);
  }
}

/**
 * Rounds of the event loop in which this process deals with all that is on its way within it, over the
 * loopback too. Where the process is slow, the rounds are slow with it. It does not wait for other threads.
 */
export async function rounds(count = 10): Promise<void> {
  for (let round = 0; round < count; round++) {
    await sleep(2);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
