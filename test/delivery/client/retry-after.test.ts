import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MODES, ready, useDeliveryRuns } from '../../support/delivery-runs';
import { NEVER_MILLIS } from '../../support/patience';

const start = useDeliveryRuns();
/** Longer than a test may take. */
const RETRY_AFTER = { 'retry-after': String(NEVER_MILLIS / 1000) };

describe.each(MODES)('a metrics server that sends Retry-After, with %s', (_mode, mode) => {
  const options = { backgroundWorkerMode: mode, retryTimeoutMillis: 2 * NEVER_MILLIS };

  it.each([
    [429, 'in seconds', () => '1', 1000],
    // A date has whole seconds.
    [503, 'as a date', () => new Date(Date.now() + 2000).toUTCString(), 1000],
  ])(
    'is sent nothing before that is over, neither old logs nor new ones: %i %s',
    async (status, _how, value, millis) => {
      const { server, readme, visit, visitApart, heard, counts } = await ready(
        await start(options),
      );
      server.answer = (delivered) => {
        if (delivered.index > 0) server.take(delivered);
        else delivered.response.writeHead(status, { 'retry-after': value() }).end();
      };
      await visitApart(1);
      await heard(/sent again: HTTP/);
      await visit(3);
      await sleep(300);
      await visit(1);
      await readme.forceFlush();
      expect(counts()).toMatchObject({ delivered: 6, dropped: {} });
      const [refused, ...later] = server.attempts.map(({ at }) => at);
      expect(Math.min(...later) - (refused as number)).toBeGreaterThanOrEqual(millis);
    },
  );

  it('is not waited for longer than retryTimeoutMillis, and neither are new logs', async () => {
    const { server, readme, visit, visitApart, heard, counts } = await ready(
      await start({ ...options, retryTimeoutMillis: 300 }),
    );
    const { delivered, dropped } = counts();
    server.answer = ({ response }) => response.writeHead(503, RETRY_AFTER).end();
    await visitApart(1);
    await heard(/given up: HTTP 503/);
    await visit(2);
    // On a slow machine 300 ms may be over before it flushes, which is no fault then.
    await readme.forceFlush().catch(() => {});
    const unavailable = (dropped.unavailable ?? 0) + 3;
    expect(counts()).toMatchObject({ delivered, dropped: { unavailable } });
    expect(server.attempts).toHaveLength(1);
  });

  it('does not hold up a shutdown', async () => {
    const { server, readme, visit, visitApart, heard, counts } = await ready(await start(options));
    server.answer = ({ response }) => response.writeHead(429, RETRY_AFTER).end();
    await visitApart(1);
    await heard(/sent again: HTTP 429/);
    await visit(2);
    await readme.shutdown();
    expect(counts()).toMatchObject({ delivered: 1, dropped: { shutdown_timeout: 3 } });
    expect(server.attempts).toHaveLength(1);
  });
});
