import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ReadmeInstrumentation, type ReadmeOptions } from '../../src/index';
import {
  type LocalMetricsServer,
  type LocalMetricsServerOptions,
  startLocalMetricsServer,
} from '../../src/local/metrics-server';
import { processBudget } from '../../src/record/byte-budget';
import { startFaultyServer } from '../support/faulty-server';
import { API_KEY, entryOf, type Handler, outcomes, serve } from '../support/observe';
import { PATIENCE_MILLIS, rounds, until } from '../support/patience';

const stop: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of stop.splice(0).reverse()) await end();
  expect(processBudget.used).toBe(0);
});

async function start(
  server: LocalMetricsServerOptions,
  options: ReadmeOptions = {},
  handler: Handler = (_req, res) => res.end('ok'),
): Promise<{
  metrics: LocalMetricsServer;
  readme: ReadmeInstrumentation;
  send: (count: number, init?: RequestInit) => Promise<void>;
}> {
  const metrics = await startLocalMetricsServer(server);
  const readme = new ReadmeInstrumentation({
    apiKey: API_KEY,
    metricsServer: metrics.url,
    // Only a flush, or a full buffer, sends.
    flushIntervalMillis: 60_000,
    ...options,
  });
  const api = await serve(handler);
  stop.push(
    () => metrics.close(),
    () => readme.shutdown(),
    () => api.close(),
  );
  return {
    metrics,
    readme,
    async send(count, init) {
      for (let index = 0; index < count; index++) {
        await (await fetch(`http://127.0.0.1:${api.port}/${index}`, init)).arrayBuffer();
      }
      await rounds();
    },
  };
}

describe('delivery', () => {
  it('sends as soon as bufferLength logs are there', async () => {
    const { metrics, readme, send } = await start({}, { bufferLength: 3 });
    await send(4);
    await metrics.waitForLogs(3, PATIENCE_MILLIS);
    expect(metrics.logs).toHaveLength(3);
    await readme.forceFlush();
    expect(metrics.requests.map(({ logCount }) => logCount)).toEqual([3, 1]);
  });

  it('sends fewer after flushIntervalMillis', async () => {
    const { metrics, send } = await start({}, { bufferLength: 30, flushIntervalMillis: 100 });
    await send(2);
    await metrics.waitForLogs(2, PATIENCE_MILLIS);
  });

  it('has several requests in flight, and fills them while it waits for their answers', async () => {
    const server = await startFaultyServer();
    const held: (() => void)[] = [];
    let isHolding = true;
    server.answer = (delivered) => {
      if (isHolding) held.push(() => server.take(delivered));
      else server.take(delivered);
    };
    const { readme, send } = await start({}, { bufferLength: 1, metricsServer: server.url });
    await Promise.all(Array.from({ length: 10 }, () => send(10)));
    await until(() => held.length > 1);
    isHolding = false;
    for (const answer of held) answer();
    await readme.forceFlush();
    expect(server.taken).toHaveLength(100);
    const counts = server.attempts.map(({ paths }) => paths.length);
    expect(Math.max(...counts)).toBeGreaterThan(1);
    expect(Math.max(...counts)).toBeLessThanOrEqual(30);
    await server.goAway();
  });

  it('keeps a request to about 1 MiB, and sends a larger log alone', async () => {
    const { metrics, readme, send } = await start(
      {},
      { bufferLength: 30, maxBodyBytes: 2_000_000 },
      (req, res) => res.end('x'.repeat(req.url === '/0' ? 1_500_000 : 400_000)),
    );
    await send(5);
    await readme.forceFlush();
    expect(metrics.logs).toHaveLength(5);
    for (const { bytes, logCount } of metrics.requests) {
      expect(logCount === 1 || bytes <= 1024 * 1024 + 100).toBe(true);
    }
  });

  it('warns once of a refused key, sends nothing for 15 s and counts what falls due', async () => {
    const warnings: (Error & { code?: string })[] = [];
    const listener = (warning: Error) => warnings.push(warning);
    process.on('warning', listener);
    const { metrics, readme, send } = await start({ status: 401 }, { bufferLength: 1 });
    for (const count of [1, 2]) {
      await send(count);
      await readme.forceFlush().catch(() => {});
    }
    process.off('warning', listener);
    expect(metrics.requests).toHaveLength(1);
    expect(outcomes(readme)).toEqual({ delivered: 0, dropped: { unauthorized: 3 } });
    expect(warnings.map(({ code }) => code)).toEqual(['README_API_KEY_REJECTED']);
    expect(warnings[0]?.message).toMatch(/README_API_KEY/);
    expect(warnings[0]?.message).not.toContain(API_KEY);
    const later = performance.now() + 16_000;
    vi.spyOn(performance, 'now').mockReturnValue(later);
    const before = metrics.requests.length;
    await send(1);
    await readme.forceFlush().catch(() => {});
    vi.restoreAllMocks();
    expect(metrics.requests.length).toBe(before + 1);
  });

  it('halves a request that is too large, and takes the bodies off a single log', async () => {
    const { metrics, readme, send } = await start(
      { status: (request) => (request.bytes > 20_000 ? 413 : 202) },
      { bufferLength: 8 },
      (req, res) => res.end('b'.repeat(req.url === '/5' ? 50_000 : 5000)),
    );
    await send(8, { method: 'POST', body: 'secret' });
    await readme.forceFlush();
    expect(outcomes(readme)).toEqual({ delivered: 8, dropped: {} });
    expect(metrics.logs).toHaveLength(8);
    const large = metrics.logs.find((log) => entryOf(log).request.url.endsWith('/5'));
    expect(entryOf(large).response.content).toMatchObject({
      size: 50_000,
      comment: 'left out: the log was too large for the metrics server',
    });
    expect(entryOf(large).response.content).not.toHaveProperty('text');
    const small = metrics.logs.find((log) => entryOf(log).request.url.endsWith('/4'));
    expect(entryOf(small).response.content.text).toHaveLength(5000);
  });

  it('drops and counts a log that is too large even without its bodies', async () => {
    const { readme, send } = await start({ status: 413 });
    await send(2);
    await expect(readme.forceFlush()).rejects.toThrow('2 too_large');
    expect(outcomes(readme)).toEqual({ delivered: 0, dropped: { too_large: 2 } });
  });

  it.each([
    [400, 'rejected'],
    [500, 'unavailable'],
  ])('drops and counts what is answered with %i', async (status, cause) => {
    const { readme, send } = await start({ status }, { retryTimeoutMillis: 50 });
    await send(2);
    await expect(readme.forceFlush()).rejects.toMatchObject({ lost: 2, dropped: { [cause]: 2 } });
    expect(outcomes(readme)).toEqual({ delivered: 0, dropped: { [cause]: 2 } });
  });

  it('keeps metadata and leaves bodies out when maxBufferedBytes is used up by bodies', async () => {
    const { metrics, readme, send } = await start(
      {},
      { maxBufferedBytes: 30_000, bufferLength: 30, flushIntervalMillis: 60_000 },
      (_req, res) => res.end('b'.repeat(10_000)),
    );
    await send(4);
    await readme.forceFlush();
    expect(readme.stats().delivered + (readme.stats().dropped.buffer_full ?? 0)).toBe(4);
    const withoutBody = metrics.logs.filter(
      (log) => entryOf(log).response.content.comment === 'left out: maxBufferedBytes was used up',
    );
    expect(withoutBody.length).toBeGreaterThan(0);
    for (const log of withoutBody) expect(entryOf(log).response.bodySize).toBe(10_000);
    expect(readme.stats().omittedBodies).toBe(withoutBody.length);
  });

  it('drops and counts logs when maxBufferedBytes has no room even for their metadata', async () => {
    const { readme, send } = await start({ delayMillis: 500 }, { maxBufferedBytes: 3000 });
    await send(20);
    await readme.forceFlush();
    const { delivered, dropped } = readme.stats();
    expect(dropped.buffer_full).toBeGreaterThan(0);
    expect(delivered + (dropped.buffer_full ?? 0)).toBe(20);
  });

  it('forceFlush and shutdown wait for what is in flight', async () => {
    const { metrics, readme, send } = await start({ delayMillis: 300 }, { bufferLength: 1 });
    await send(1);
    await readme.forceFlush();
    expect(metrics.logs).toHaveLength(1);
    await send(1);
    await readme.shutdown();
    expect(metrics.logs).toHaveLength(2);
  });

  it('shutdown waits for the grouping promise of an exchange that has ended', async () => {
    const groupingFunction = () => sleep(150, { apiKey: 'late' });
    const { metrics, readme, send } = await start({}, { groupingFunction });
    await send(1);
    await readme.shutdown();
    expect(metrics.logs).toHaveLength(1);
    expect(outcomes(readme)).toEqual({ delivered: 1, dropped: {} });
  });

  it('shutdown is not held up for ever by a grouping promise that hangs', async () => {
    const groupingFunction = () => new Promise<never>(() => {});
    const { readme, send } = await start({}, { groupingFunction });
    await send(1);
    await readme.shutdown();
    expect(outcomes(readme)).toEqual({ delivered: 0, dropped: { group_pending: 1 } });
  });

  it('counts what ends after shutdown', async () => {
    let finish: (() => void) | undefined;
    const { readme, send } = await start({}, {}, (_req, res) => {
      finish = () => res.end('late');
    });
    const sent = send(1);
    await until(() => finish !== undefined);
    await readme.shutdown();
    finish?.();
    await sent;
    expect(outcomes(readme)).toEqual({ delivered: 0, dropped: { after_shutdown: 1 } });
  });
});
