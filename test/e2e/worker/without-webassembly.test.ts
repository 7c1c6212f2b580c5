import { beforeAll, describe, expect, it } from 'vitest';
import { helloApp, pathsOf, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('without-webassembly');

beforeAll(() => {
  zeroCode.write('hello.cjs', helloApp('cjs'));
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
    'a server that does not answer holds nothing up: README_BACKGROUND_WORKER_MODE=%s',
    async (worker) => {
      const app = await zeroCode.start('hello.cjs', {
        flags: ['--jitless', '--require', 'readme-metrics-opentelemetry/register'],
        env: {
          README_BACKGROUND_WORKER_MODE: worker,
          README_BUFFER_LENGTH: '1',
          README_TIMEOUT_MILLIS: '100',
          README_RETRY_TIMEOUT_MILLIS: '0',
        },
        metrics: { delayMillis: 60_000 },
      });
      await app.get('/a');
      expect(await app.end()).toBe(143);
    },
  );
});
