import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OngoingLosses } from '../../src/delivery/ongoing-losses';
import type { DropReason } from '../../src/record/drop-reason';
import { MODES, ready, useDeliveryRuns } from '../support/delivery-runs';
import { until } from '../support/patience';
import { collectWarnings } from '../support/warnings';

describe('losses that go on', () => {
  let told: string[];
  let losses: OngoingLosses;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'Date'] });
    told = [];
    losses = new OngoingLosses({ warn: (code, message) => told.push(`${code}: ${message}`) });
  });
  afterEach(() => vi.useRealTimers());

  async function lose(reason: DropReason, count = 1): Promise<void> {
    for (let index = 0; index < count; index++) losses.onLoss(reason);
    await Promise.resolve();
  }

  it('are reported with number and reason as soon as a log could not be sent for retryTimeoutMillis', async () => {
    losses.onFailure('ECONNREFUSED');
    await lose('unavailable', 3);
    expect(told).toEqual([
      expect.stringMatching(
        /^README_LOGS_DROPPED: .* lost so far: 3 unavailable \(ECONNREFUSED\)\. .*doctor.*metricsServer/,
      ),
    ]);
  });

  it('are reported once, however long they go on', async () => {
    for (let hour = 0; hour < 48; hour++) {
      await lose('unavailable', 100);
      vi.advanceTimersByTime(3_600_000);
    }
    expect(told).toHaveLength(1);
  });

  it('are over when logs arrive and none was lost for 10 s: that is reported with all that were lost', async () => {
    await lose('unavailable', 2);
    await lose('buffer_full', 5);
    vi.advanceTimersByTime(9_999);
    losses.onArrival();
    expect(told).toHaveLength(1);
    vi.advanceTimersByTime(1);
    losses.onArrival();
    losses.onArrival();
    expect(told.slice(1)).toEqual([
      'README_LOGS_ARRIVE_AGAIN: logs arrive at ReadMe again. Until now were lost: 5 buffer_full, 2 unavailable.',
    ]);
  });

  it('are not reported again within 10 minutes, but after these', async () => {
    await lose('unavailable');
    vi.advanceTimersByTime(10_000);
    losses.onArrival();
    expect(told).toHaveLength(2);
    for (let minute = 0; minute < 9; minute++) {
      vi.advanceTimersByTime(60_000);
      await lose('unavailable', 2);
    }
    expect(told).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    await lose('unavailable');
    expect(told).toHaveLength(3);
    expect(told[2]).toMatch(/lost so far: 19 unavailable/);
  });

  it.each<DropReason>(['rejected', 'too_large', 'buffer_full', 'span_limits', 'internal_error'])(
    'are reported after 10 s where others arrive in between: %s',
    async (reason) => {
      losses.onFailure('HTTP 400');
      for (let second = 0; second < 10; second++) {
        await lose(reason);
        losses.onArrival();
        vi.advanceTimersByTime(1000);
      }
      expect(told).toEqual([]);
      await lose(reason);
      expect(told).toEqual([expect.stringContaining(`lost so far: 11 ${reason}`)]);
      expect(told[0]?.includes('HTTP 400')).toBe(['rejected', 'buffer_full'].includes(reason));
    },
  );

  it('are none when one log is lost: the server may not digest it', async () => {
    losses.onArrival();
    await lose('unavailable');
    losses.onArrival();
    vi.advanceTimersByTime(10_000);
    losses.onArrival();
    await lose('rejected');
    vi.advanceTimersByTime(10_000);
    losses.onArrival();
    expect(told).toEqual([]);
  });

  it.each<DropReason>(['unauthorized', 'worker_crashed', 'spool_full', 'spool_failed'])(
    'that have a warning of their own are not reported twice, but that logs arrive again is: %s',
    async (reason) => {
      for (let minute = 0; minute < 3; minute++) {
        await lose(reason);
        vi.advanceTimersByTime(60_000);
      }
      expect(told).toEqual([]);
      losses.onArrival();
      expect(told).toEqual([expect.stringContaining(`Until now were lost: 3 ${reason}`)]);
    },
  );

  it.each<DropReason>(['group_failed', 'lists_differ', 'shutdown_timeout', 'after_shutdown'])(
    'that are no fault of the delivery are not reported: %s',
    async (reason) => {
      for (let minute = 0; minute < 3; minute++) {
        await lose(reason);
        vi.advanceTimersByTime(60_000);
      }
      losses.onArrival();
      expect(told).toEqual([]);
    },
  );
});

const start = useDeliveryRuns();
const warnings = collectWarnings();

describe.each(MODES)('a server that cannot be reached, with %s', (_name, backgroundWorkerMode) => {
  it('is reported on stderr once, with the reason', async () => {
    // So long is more than one request for each log: then the reason is known.
    const run = await start({ backgroundWorkerMode, retryTimeoutMillis: 2000 });
    const { server, visit, counts } = await ready(run);
    await server.goAway();
    for (let round = 1; round <= 2; round++) {
      await visit(4);
      await until(() => (counts().dropped.unavailable ?? 0) >= 4 * round);
    }
    await until(() => warnings.length > 0);
    expect(warnings).toEqual([
      {
        code: 'README_LOGS_DROPPED',
        message: expect.stringMatching(/lost so far: \d+ unavailable \(ECONNREFUSED\)/),
      },
    ]);
  });

  it('is not reported when it comes back in time', async () => {
    const { server, readme, visit, counts } = await start({ backgroundWorkerMode });
    await server.goAway();
    await visit(3);
    await server.comeBack();
    await readme.forceFlush();
    expect(counts()).toMatchObject({ delivered: 3, dropped: {} });
    expect(warnings).toEqual([]);
  });
});
