import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MODES, ready, useDeliveryRuns } from '../../support/delivery-runs';

const start = useDeliveryRuns();

describe.each(MODES)('a metrics server that sends Retry-After, with %s', (_mode, mode) => {
  const options = { backgroundWorkerMode: mode };

  it.each([
    [429, 'in seconds', () => '1', 1000],
    // A date has whole seconds.
    [503, 'as a date', () => new Date(Date.now() + 2000).toUTCString(), 1000],
  ])(
    'is sent nothing before that is over, neither old logs nor new ones: %i %s',
    async (status, _how, value, millis) => {
      const { server, readme, visit, visitApart, counts } = await ready(await start(options));
      server.answer = (delivered) => {
        if (delivered.index > 0) server.take(delivered);
        else delivered.response.writeHead(status, { 'retry-after': value() }).end();
      };
      await visitApart(1);
      await sleep(50);
      await visit(3);
      await sleep(300);
      expect(server.attempts).toHaveLength(1);
      await visit(1);
      await readme.forceFlush();
      expect(counts()).toMatchObject({ delivered: 6, dropped: {} });
      const [refused, ...later] = server.attempts.map(({ at }) => at);
      expect(Math.min(...later) - (refused as number)).toBeGreaterThanOrEqual(millis);
    },
  );

  it('is not waited for longer than retryTimeoutMillis, and neither are new logs', async () => {
    const { server, readme, visit, visitApart, counts } = await ready(
      await start({ ...options, retryTimeoutMillis: 300 }),
    );
    server.answer = ({ response }) => response.writeHead(503, { 'retry-after': '60' }).end();
    await visitApart(1);
    await sleep(50);
    await visit(2);
    const started = performance.now();
    await expect(readme.forceFlush()).rejects.toMatchObject({ causes: { unavailable: 2 } });
    expect(performance.now() - started).toBeLessThan(1500);
    expect(counts()).toMatchObject({ delivered: 1, dropped: { unavailable: 3 } });
    expect(server.attempts).toHaveLength(1);
  });

  it('does not hold up a shutdown', async () => {
    const { server, readme, visit, visitApart, counts } = await ready(await start(options));
    server.answer = ({ response }) => response.writeHead(429, { 'retry-after': '60' }).end();
    await visitApart(1);
    await sleep(50);
    await visit(2);
    const started = performance.now();
    await readme.shutdown();
    expect(performance.now() - started).toBeLessThan(1500);
    expect(counts()).toMatchObject({ delivered: 1, dropped: { exit: 3 } });
    expect(server.attempts).toHaveLength(1);
  });
});
