import { beforeAll, describe, expect, it } from 'vitest';
import { BUFFERED, endBy, exitApp } from '../support/exit-app';
import { FORMATS, pathsOf, useZeroCode } from '../support/zero-code';

const zeroCode = useZeroCode('exit');

beforeAll(() => {
  for (const format of FORMATS) zeroCode.write(`app.${format}`, exitApp(format));
});

const ENDINGS = [
  ['natural', 0],
  ['natural-with-code', 3],
  ['exit0', 0],
  ['exit3', 3],
  ['throw', 1],
  ['reject', 1],
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const;

/** Both formats and both modes; the way in which a module was loaded does not matter to a thread. */
const SETUPS = [
  ['cjs', 'true'],
  ['mjs', 'false'],
] as const;

describe.concurrent.each(SETUPS)(
  'app.%s with README_BACKGROUND_WORKER_MODE=%s',
  (format, worker) => {
    const start = (env: NodeJS.ProcessEnv, metrics = {}) =>
      zeroCode.start(`app.${format}`, {
        env: { ...BUFFERED, README_BACKGROUND_WORKER_MODE: worker, ...env },
        metrics,
      });

    it.each(ENDINGS)(
      'delivers its last logs when it ends by %s, with exit code %i',
      async (way, exitCode) => {
        const app = await start({ EXIT_ON_SIGTERM: '' });
        for (const path of ['/a', '/b']) await app.get(path);
        const code = await endBy(app, way);
        expect(code).toBe(exitCode);
        const expected = ['/a', '/b', ...(way.startsWith('SIG') ? [] : [`/end/${way}`])];
        expect(pathsOf(app.metrics.logs)).toEqual(expected);
        if (exitCode === 1) expect(app.stderr).toMatch(/on purpose/);
        else expect(app.stderr).toBe('');
        expect(app.stderr).not.toMatch(/ReadmeMetricsWarning/);
      },
    );

    it('delivers its last logs when it calls process.exit() on SIGTERM', async () => {
      const app = await start({ EXIT_ON_SIGTERM: '1' });
      for (const path of ['/a', '/b']) await app.get(path);
      expect(await endBy(app, 'SIGTERM')).toBe(5);
      expect(pathsOf(app.metrics.logs)).toEqual(['/a', '/b']);
      expect(app.stderr).toBe('');
    });

    it('delivers the very first log when process.exit() follows it', async () => {
      const app = await start({});
      expect(await endBy(app, 'exit0')).toBe(0);
      expect(pathsOf(app.metrics.logs)).toEqual(['/end/exit0']);
    });

    it.each(['exit0', 'SIGTERM'])(
      'delivers 200 logs of 20 KB to a slow server: %s',
      async (way) => {
        const app = await start({}, { delayMillis: 100 });
        for (let round = 0; round < 10; round++) {
          await Promise.all(Array.from({ length: 20 }, (_, i) => app.get(`/big/${round}/${i}`)));
        }
        const code = await endBy(app, way);
        expect(code).toBe(way === 'exit0' ? 0 : 143);
        expect(new Set(pathsOf(app.metrics.logs)).size).toBe(way === 'exit0' ? 201 : 200);
        expect(app.stderr).toBe('');
      },
    );
  },
);
