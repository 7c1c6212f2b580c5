import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DeliveryRun, ready, useDeliveryRuns } from '../../support/delivery-runs';
import type { Answer } from '../../support/faulty-server';
import { NEVER_MILLIS, rounds } from '../../support/patience';
import { newFolder, removeFolders } from '../../support/spools';

/** Fake timers are global ones. */
vi.mock('node:timers', async (original) => ({
  ...(await original<typeof import('node:timers')>()),
  setTimeout: (...call: Parameters<typeof setTimeout>) => setTimeout(...call),
  clearTimeout: (timer: NodeJS.Timeout) => clearTimeout(timer),
}));

const start = useDeliveryRuns();
const EXIT_TIMEOUT = 2000;
const refuse: Answer = ({ response }) => response.writeHead(503).end();

beforeEach(() => removeFolders);
afterEach(() => {
  vi.useRealTimers();
});

/** Time that passes only here: as long as it takes the process to leave, at most a minute. */
async function millisToLeave(run: DeliveryRun): Promise<number> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  let left = false;
  void run.readme.flushBeforeExit().then(() => {
    left = true;
  });
  let millis = 0;
  for (await rounds(); !left && millis < 60_000; millis += 100) {
    await vi.advanceTimersByTimeAsync(100);
    // Real time, for the requests that are sent meanwhile.
    await rounds(3);
  }
  vi.useRealTimers();
  expect(left).toBe(true);
  return millis;
}

describe('the last logs of a process that leaves', () => {
  const options = {
    backgroundWorkerMode: false,
    bufferLength: 30,
    flushIntervalMillis: 60_000,
    exitTimeoutMillis: EXIT_TIMEOUT,
    timeoutMillis: NEVER_MILLIS,
    retryTimeoutMillis: NEVER_MILLIS,
  };

  it.each<[string, Answer, boolean]>([
    ['takes them', ({ response }) => response.writeHead(202).end(), false],
    ['answers 503', refuse, true],
    ['does not answer', () => {}, true],
    [
      'wants to be left alone for longer',
      ({ response }) => response.writeHead(429, { 'retry-after': '300' }).end(),
      false,
    ],
  ])('hold it up for exitTimeoutMillis at most: the server %s', async (_how, answer, isHeldUp) => {
    const run = await ready(await start(options));
    run.server.answer = answer;
    await run.visit(2);
    const millis = await millisToLeave(run);
    if (isHeldUp) expect(millis).toBe(EXIT_TIMEOUT);
    else expect(millis).toBeLessThan(EXIT_TIMEOUT / 2);
    expect(run.counts().pending).toBe(0);
  });

  it('are tried again meanwhile', async () => {
    const run = await ready(await start(options));
    run.server.answer = (delivered) => (delivered.index < 3 ? refuse : run.server.take)(delivered);
    await run.visit(2);
    expect(await millisToLeave(run)).toBeLessThan(EXIT_TIMEOUT);
    expect(run.counts()).toMatchObject({ delivered: 3, dropped: {} });
    expect(run.server.attempts).toHaveLength(4);
  });

  it('do not hold it up with exitTimeoutMillis 0', async () => {
    const run = await ready(await start({ ...options, exitTimeoutMillis: 0 }));
    run.server.answer = () => {};
    await run.visit(2);
    expect(await millisToLeave(run)).toBeLessThanOrEqual(100);
    expect(run.counts()).toMatchObject({ delivered: 1, dropped: { shutdown_timeout: 2 } });
  });

  it('are in spoolDirectory when the time is over', async () => {
    const run = await ready(await start({ ...options, spoolDirectory: newFolder() }));
    run.server.answer = refuse;
    await run.visit(2);
    const millis = await millisToLeave(run);
    // A part of the time is kept for writing the files.
    expect(millis).toBeGreaterThan(EXIT_TIMEOUT / 2);
    expect(millis).toBeLessThanOrEqual(EXIT_TIMEOUT);
    expect(run.counts()).toMatchObject({ delivered: 1, dropped: {}, spooled: 2 });
  });
});
