import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUFFERED, endBy, exitApp } from '../support/exit-app';
import { lastingPort } from '../support/lasting-port';
import { NEVER_MILLIS, PATIENCE_MILLIS, PATIENT_ENV } from '../support/patience';
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
/** It takes logs, and does not say so. */
const NO_ANSWER = { delayMillis: 2 * NEVER_MILLIS };
const ALONE = { status: () => ({ status: 429, headers: { 'retry-after': String(NEVER_MILLIS) } }) };
/** The only deadline that is reached: all others are longer than a test may take. */
const EXIT_TIMEOUT = 2000;
const NEVER = String(NEVER_MILLIS);

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
        README_TIMEOUT_MILLIS: NEVER,
        README_RETRY_TIMEOUT_MILLIS: NEVER,
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
    ['wants to be left alone', 'natural', 0, {}, ALONE],
  ] as const)(
    'ends in exitTimeoutMillis when the server %s, and tells the loss: %s',
    async (_fault, way, exitCode, env, metrics) => {
      const app = await start(env, metrics);
      expect(await endBy(app, way)).toBe(exitCode);
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
    await app.metrics.waitForLogs(2, PATIENCE_MILLIS);
    await endBy(app, way);
    expect(app.stderr).toContain('logs were not delivered to ReadMe');
  });

  it.each([
    ['is unreachable', UNREACHABLE, {}],
    ['never answers', {}, NO_ANSWER],
  ])(
    'ends in time after a SIGTERM that it handles itself, when the server %s',
    async (_, env, metrics) => {
      const app = await start(env, metrics, 'graceful.cjs');
      expect(await endBy(app, 'SIGTERM')).toBe(0);
    },
  );

  it.each(['natural', 'exit3'])(
    'is not held up at all with exitTimeoutMillis 0: %s',
    async (way) => {
      const app = await start({ README_EXIT_TIMEOUT_MILLIS: '0' }, NO_ANSWER);
      expect(await endBy(app, way)).toBe(way === 'natural' ? 0 : 3);
      expect(app.stderr).toContain('logs were not delivered to ReadMe: 3 shutdown_timeout');
      expect(app.stderr).toContain('held up for 0 ms');
    },
  );

  it.each(['exit0', 'SIGTERM'])(
    'leaves its last logs in spoolDirectory, and the next process delivers them: %s',
    async (way) => {
      const spoolDirectory = newFolder();
      // A server that wants to be left alone for longer than that is not asked again: nothing is waited for.
      const env = {
        ...PATIENT_ENV,
        README_SPOOL_DIRECTORY: spoolDirectory,
        README_DENYLIST: 'host',
      };
      const port = await lastingPort();
      const app = await start(env, { ...ALONE, port });
      await endBy(app, way);
      expect(app.stderr).toBe('');
      const files = readdirSync(spoolDirectory);
      expect(files.length).toBeGreaterThan(0);
      for (const file of files)
        expect(statSync(join(spoolDirectory, file)).mode & 0o777).toBe(0o600);
      await app.metrics.close();
      const next = await start(env, { port });
      await next.metrics.waitForLogs(way === 'SIGTERM' ? 2 : 3, PATIENCE_MILLIS);
      await endBy(next, 'SIGTERM');
      const expected = ['/a', '/b', ...(way === 'SIGTERM' ? [] : [`/end/${way}`]), '/a', '/b'];
      expect(pathsOf(next.metrics.logs)).toEqual(expected);
      expect(readdirSync(spoolDirectory)).toEqual([]);
    },
  );

  it('is not held up when there is nothing to send', async () => {
    const app = await start({ README_EXIT_TIMEOUT_MILLIS: NEVER, README_BUFFER_LENGTH: '1' });
    await app.metrics.waitForLogs(2, PATIENCE_MILLIS);
    expect(await endBy(app, 'SIGTERM')).toBe(143);
  });
});
