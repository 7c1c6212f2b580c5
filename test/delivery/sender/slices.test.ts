import { afterEach, expect, it, vi } from 'vitest';
import { useDeliveryRuns } from '../../support/delivery-runs';

const start = useDeliveryRuns();
afterEach(() => {
  vi.restoreAllMocks();
});

it('logs arrive though every slice of work is over before it has begun, as on a busy machine', async () => {
  const { server, readme, visit, counts } = await start({
    backgroundWorkerMode: false,
    bufferLength: 30,
    flushIntervalMillis: 60_000,
  });
  await visit(5);
  const now = performance.now.bind(performance);
  let lost = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    lost += 10;
    return now() + lost;
  });
  await readme.forceFlush();
  vi.restoreAllMocks();
  expect(counts()).toMatchObject({ delivered: 5, dropped: {} });
  expect([...server.taken].sort()).toEqual(['/0', '/1', '/2', '/3', '/4']);
});
