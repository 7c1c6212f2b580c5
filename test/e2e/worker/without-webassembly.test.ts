import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/patience';
import { helloApp, pathsOf, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('without-webassembly');

beforeAll(() => {
  zeroCode.write('hello.cjs', helloApp('cjs'));
  const closing = `server.on('request', ({ url }) => url === '/close' && server.close());`;
  zeroCode.write('closing.cjs', helloApp('cjs', closing));
});

describe('with node --jitless, which has no WebAssembly for undici', () => {
  it.each(['true', 'false'])(
    'logs arrive by the client of Node: README_BACKGROUND_WORKER_MODE=%s',
    async (worker) => {
      const app = await zeroCode.start('hello.cjs', {
        flags: ['--jitless', '--require', 'readme-metrics-opentelemetry/register'],
        env: { README_BACKGROUND_WORKER_MODE: worker, README_BUFFER_LENGTH: '1' },
      });
      await app.get('/a');
      await app.metrics.waitForLogs(1, 30_000);
      for (const path of ['/b', '/c']) await app.get(path);
      expect(await app.end()).toBe(143);
      expect(pathsOf(app.metrics.logs)).toEqual(['/a', '/b', '/c']);
      // Node itself warns of a flag of V8 that does not go with it.
      expect(app.stderr).not.toMatch(/README_/);
    },
  );

  it.each(['true', 'false'])(
    'a server that does not answer does not keep the process alive: README_BACKGROUND_WORKER_MODE=%s',
    async (worker) => {
      const app = await zeroCode.start('closing.cjs', {
        flags: ['--jitless', '--require', 'readme-metrics-opentelemetry/register'],
        env: {
          README_BACKGROUND_WORKER_MODE: worker,
          README_BUFFER_LENGTH: '1',
          // The test is over long before.
          README_TIMEOUT_MILLIS: '300000',
          README_EXIT_TIMEOUT_MILLIS: '200',
        },
        metrics: { delayMillis: 300_000 },
      });
      await app.get('/a');
      await until(() => app.metrics.requests.length === 1);
      await app.get('/close');
      expect(await app.exit).toBe(0);
    },
  );
});
