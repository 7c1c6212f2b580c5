import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ReadmeDeliveryError } from '../../src/index';
import { processBudget } from '../../src/record/byte-budget';
import { MODES, ready, useDeliveryRuns } from '../support/delivery-runs';
import type { Answer } from '../support/faulty-server';
import { NEVER_MILLIS, PATIENCE_MILLIS, until } from '../support/patience';

const start = useDeliveryRuns();
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(MODES)('an outage, with %s', (_mode, mode) => {
  // Two minutes of retries are 0.7 seconds here, and 64 MiB are 64 KiB.
  const options = {
    backgroundWorkerMode: mode,
    retryTimeoutMillis: 700,
    maxBufferedBytes: 65_536,
  };

  it.each<[string, Answer, number]>([
    ['answers 503', ({ response }) => response.writeHead(503).end(), PATIENCE_MILLIS],
    ['does not answer', () => {}, 50],
  ])(
    'that lasts longer than retryTimeoutMillis keeps within maxBufferedBytes: the server %s',
    async (_how, answer, timeoutMillis) => {
      const { server, readme, visit, counts } = await start(
        { ...options, timeoutMillis },
        (_req, res) => res.end('b'.repeat(2000)),
      );
      server.answer = answer;
      let most = 0;
      const watch = setInterval(() => {
        most = Math.max(most, processBudget.used);
      }, 1);
      await until(async () => {
        await visit(20);
        most = Math.max(most, processBudget.used);
        const { dropped, pending } = counts();
        return (
          pending > 0 && dropped.unavailable !== undefined && dropped.buffer_full !== undefined
        );
      });
      const { dropped, pending } = counts();
      // On a slow machine all may be lost before it flushes, which is no fault then.
      const fault = await readme.forceFlush().catch((error: ReadmeDeliveryError) => error);
      expect(Object.keys(fault?.dropped ?? { unavailable: 0 })).toEqual(['unavailable']);
      const { unavailable = 0 } = dropped;
      expect(counts()).toMatchObject({
        delivered: 0,
        dropped: { ...dropped, unavailable: unavailable + pending },
        pending: 0,
      });
      clearInterval(watch);
      expect(most).toBeGreaterThan(32_768);
      expect(most).toBeLessThanOrEqual(65_536);
      expect(processBudget.used).toBe(0);
      server.answer = server.take;
      server.forget();
      // On a slow machine an answer may take longer than a timeoutMillis of 50.
      await until(async () => {
        await visit(['/after']);
        await readme.forceFlush().catch(() => {});
        return counts().delivered > 0;
      });
      expect([...new Set(server.taken)]).toEqual(['/after']);
      expect(counts().pending).toBe(0);
    },
  );

  it('that ends in time loses nothing, though the server takes one request at a time then', async () => {
    const { server, readme, visit, counts } = await start({
      ...options,
      retryTimeoutMillis: NEVER_MILLIS,
      maxBufferedBytes: 10_000_000,
    });
    server.answer = ({ response }) => response.writeHead(500).end();
    for (let round = 0; round < 3; round++) {
      await visit(10);
      await sleep(50);
    }
    expect(counts()).toMatchObject({ delivered: 0, dropped: {}, pending: 30 });
    let busy = false;
    server.answer = (delivered) => {
      if (busy) delivered.response.writeHead(503).end();
      else {
        busy = true;
        setTimeout(() => {
          busy = false;
          server.take(delivered);
        }, 10);
      }
    };
    await readme.forceFlush();
    expect(counts()).toMatchObject({ delivered: 30, dropped: {} });
    expect(new Set(server.taken).size).toBe(30);
    expect(server.taken).toHaveLength(30);
  });
});

describe('a clock that is set', () => {
  it.each([
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ])('%s by an hour neither delays nor loses a log', async (_way, jump) => {
    const { server, readme, visit, visitApart, counts } = await ready(
      await start({ backgroundWorkerMode: false, retryTimeoutMillis: NEVER_MILLIS }),
    );
    server.answer = ({ response }) => response.writeHead(503).end();
    await visitApart(1);
    const { now } = Date;
    vi.spyOn(Date, 'now').mockImplementation(() => now() + jump);
    await visit(2);
    server.answer = server.take;
    await readme.forceFlush();
    await visit(2);
    await until(() => counts().delivered === 6);
    expect(counts()).toMatchObject({ dropped: {}, pending: 0 });
  });

  it.each(MODES)(
    'does not make an hour of a Retry-After of a second, with %s',
    async (_mode, mode) => {
      const { server, readme, visitApart, counts } = await ready(
        await start({ backgroundWorkerMode: mode }),
      );
      // To this server, our clock is an hour late.
      const serverTime = (plus: number) => new Date(Date.now() + 3_600_000 + plus).toUTCString();
      server.answer = (delivered) => {
        if (delivered.index > 0) server.take(delivered);
        else {
          const headers = { date: serverTime(0), 'retry-after': serverTime(1000) };
          delivered.response.writeHead(429, headers).end();
        }
      };
      await visitApart(1);
      // An hour would be five minutes, the longest pause, for which no test waits.
      await readme.forceFlush();
      expect(counts()).toMatchObject({ delivered: 2, dropped: {} });
    },
  );
});
