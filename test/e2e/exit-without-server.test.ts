import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUFFERED, endBy, exitApp } from '../support/exit-app';
import { newFolder, removeFolders } from '../support/spools';
import { pathsOf, useZeroCode, type ZeroCodeApp } from '../support/zero-code';

const zeroCode = useZeroCode('exit-without-server');
afterAll(removeFolders);

beforeAll(() => {
  zeroCode.write('app.cjs', exitApp('cjs'));
  // Its server does not keep it alive, so it ends as soon as nothing else does.
  zeroCode.write('graceful.cjs', exitApp('cjs', `process.once('SIGTERM', () => server.close());`));
});

const UNREACHABLE = { README_METRICS_SERVER: 'http://127.0.0.1:1' };
const NO_ANSWER = { delayMillis: 60_000 };
/** Milliseconds that a busy machine may add. */
/** Long enough for a busy machine to start the worker thread within a part of it. */
const EXIT_TIMEOUT = 2000;
const MARGIN = 1000;

describe.concurrent.each(['true', 'false'])('with README_BACKGROUND_WORKER_MODE=%s', (worker) => {
  async function start(
    env: NodeJS.ProcessEnv,
    metrics = {},
    file = 'app.cjs',
  ): Promise<ZeroCodeApp> {
    const app = await zeroCode.start(file, {
      env: {
        ...BUFFERED,
        README_BACKGROUND_WORKER_MODE: worker,
        README_EXIT_TIMEOUT_MILLIS: String(EXIT_TIMEOUT),
        README_TIMEOUT_MILLIS: '15000',
        ...env,
      },
      metrics,
    });
    for (const path of ['/a', '/b']) await app.get(path);
    return app;
  }

  it.each([
    ['is unreachable', 'natural', 0, UNREACHABLE, {}],
    ['is unreachable', 'SIGTERM', 143, UNREACHABLE, {}],
    ['never answers', 'natural', 0, {}, NO_ANSWER],
    ['never answers', 'exit3', 3, {}, NO_ANSWER],
    ['answers 503', 'exit0', 0, {}, { status: 503 }],
    [
      'wants to be left alone',
      'natural',
      0,
      {},
      { status: () => ({ status: 429, headers: { 'retry-after': '60' } }) },
    ],
  ] as const)(
    'ends in exitTimeoutMillis when the server %s, and tells the loss: %s',
    async (_fault, way, exitCode, env, metrics) => {
      const app = await start(env, metrics);
      const { code, ms } = await endBy(app, way);
      expect(code).toBe(exitCode);
      expect(ms).toBeLessThan(EXIT_TIMEOUT + MARGIN);
      expect(app.stderr).toContain(
        `logs were not delivered to ReadMe: ${way.startsWith('SIG') ? 2 : 3} exit`,
      );
      expect(app.stderr.match(/ReadmeMetricsWarning/g)).toHaveLength(1);
    },
  );

  it.each([
    ['natural', NO_ANSWER],
    ['SIGTERM', NO_ANSWER],
  ])('is not held up by requests that are under way already: %s', async (way, metrics) => {
    const app = await start({ README_BUFFER_LENGTH: '1' }, metrics);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await endBy(app, way)).ms).toBeLessThan(EXIT_TIMEOUT + MARGIN);
    expect(app.stderr).toContain('logs were not delivered to ReadMe');
  });

  it.each([
    ['is unreachable', UNREACHABLE, {}],
    ['never answers', {}, NO_ANSWER],
  ])(
    'ends in time after a SIGTERM that it handles itself, when the server %s',
    async (_, env, metrics) => {
      const app = await start(env, metrics, 'graceful.cjs');
      const { code, ms } = await endBy(app, 'SIGTERM');
      expect(code).toBe(0);
      expect(ms).toBeLessThan(EXIT_TIMEOUT + MARGIN);
    },
  );

  it.each(['natural', 'exit3'])(
    'is not held up at all with exitTimeoutMillis 0: %s',
    async (way) => {
      const app = await start({ README_EXIT_TIMEOUT_MILLIS: '0' }, NO_ANSWER);
      const { code, ms } = await endBy(app, way);
      expect(code).toBe(way === 'natural' ? 0 : 3);
      expect(ms).toBeLessThan(500);
      expect(app.stderr).toContain('logs were not delivered to ReadMe: 3 exit');
    },
  );

  it.each(['exit0', 'SIGTERM'])(
    'leaves its last logs in spoolDirectory, and the next process delivers them: %s',
    async (way) => {
      const spoolDirectory = newFolder();
      const env = { README_SPOOL_DIRECTORY: spoolDirectory, README_DENYLIST: 'host' };
      const dead = { status: 503 };
      const app = await start(env, dead);
      await endBy(app, way);
      expect(app.stderr).toBe('');
      const files = readdirSync(spoolDirectory);
      expect(files.length).toBeGreaterThan(0);
      for (const file of files)
        expect(statSync(join(spoolDirectory, file)).mode & 0o777).toBe(0o600);
      const port = Number(new URL(app.metrics.url).port);
      await app.metrics.close();
      const next = await start(env, { port });
      await next.metrics.waitForLogs(way === 'SIGTERM' ? 2 : 3);
      await endBy(next, 'SIGTERM');
      const expected = ['/a', '/b', ...(way === 'SIGTERM' ? [] : [`/end/${way}`]), '/a', '/b'];
      expect(pathsOf(next.metrics.logs)).toEqual(expected);
      expect(readdirSync(spoolDirectory)).toEqual([]);
    },
  );

  it('is not held up when there is nothing to send', async () => {
    const app = await start({ README_EXIT_TIMEOUT_MILLIS: '10000', README_BUFFER_LENGTH: '1' });
    await app.metrics.waitForLogs(2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { code, ms } = await endBy(app, 'SIGTERM');
    expect(code).toBe(143);
    expect(ms).toBeLessThan(MARGIN);
  });
});
