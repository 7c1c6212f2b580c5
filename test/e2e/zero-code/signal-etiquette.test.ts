import { describe, expect, it } from 'vitest';
import { NEVER_MILLIS, PATIENCE_MILLIS, until } from '../../support/patience';
import { helloApp, pathsOf, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('signal-etiquette');
/** Every log waits for others longer than a test takes: only the end of the process sends them. */
const BUFFERED = { README_FLUSH_INTERVAL_MILLIS: '60000' };
const LISTENERS_AT_EXIT = `process.on('exit', (code) => console.log('exit ' + code));`;

/** What listeners of applications do, and how the process ends by that without this package. */
const HABITS = {
  'exits where it is the only one': [
    `process.on('SIGTERM', () => { if (process.listenerCount('SIGTERM') === 1) process.exit(7); });`,
    7,
    ['exit 7'],
  ],
  'exits where it is the only one, and stands in front': [
    `server.prependOnceListener('request', () => process.prependListener('SIGTERM', () => {
      if (process.listeners('SIGTERM').length === 1) process.exit(7);
    }));`,
    7,
    ['exit 7'],
  ],
  'exits where nobody listens any more': [
    `process.once('SIGTERM', () => { if (process.listenerCount('SIGTERM') === 0) process.exit(7); });`,
    7,
    ['exit 7'],
  ],
  'hides from process.listenerCount()': [
    `const { listenerCount } = process;
    process.prependListener('SIGTERM', () => {
      if (process.listenerCount('SIGTERM') === 0) process.exit(143);
    });
    process.listenerCount = function (event) {
      return listenerCount.call(process, event) - (event === 'SIGTERM' ? 1 : 0);
    };`,
    143,
    ['exit 143'],
  ],
  'ends the process by the same signal': [
    `process.once('SIGTERM', () => { console.log('cleaned'); process.kill(process.pid, 'SIGTERM'); });`,
    143,
    ['cleaned'],
  ],
  'removes itself, then ends the process by the same signal': [
    `process.on('SIGTERM', function clean() {
      console.log('cleaned');
      process.off('SIGTERM', clean);
      process.kill(process.pid, 'SIGTERM');
    });`,
    143,
    ['cleaned'],
  ],
  'exits later, of several': [
    `process.on('SIGTERM', () => console.log('first'));
    process.on('SIGTERM', () => setTimeout(() => process.exit(3), 20));`,
    3,
    ['first', 'exit 3'],
  ],
} as const;

describe.concurrent('a signal ends the process as it would without this package, when a listener', () => {
  it.each(
    Object.entries(HABITS).flatMap(([habit, [code, ...end]]) =>
      ['true', 'false'].map((worker) => [habit, worker, code, ...end] as const),
    ),
  )('%s (README_BACKGROUND_WORKER_MODE=%s)', async (habit, worker, code, exitCode, said) => {
    const file = `${habit.replaceAll(/\W+/g, '-')}-${worker}.cjs`;
    zeroCode.write(file, helloApp('cjs', `${LISTENERS_AT_EXIT}\n${code}`));
    for (const flags of [[], undefined]) {
      const app = await zeroCode.start(file, {
        env: { ...BUFFERED, README_BACKGROUND_WORKER_MODE: worker },
        ...(flags && { flags }),
      });
      await app.get('/a');
      const stuck = setTimeout(() => process.kill(app.pid, 'SIGKILL'), PATIENCE_MILLIS);
      expect(await app.end()).toBe(exitCode);
      clearTimeout(stuck);
      expect(app.stdout.trim().split('\n').slice(1)).toEqual(said);
      expect(app.stderr).toBe('');
      expect(pathsOf(app.metrics.logs)).toEqual(flags === undefined ? ['/a'] : []);
    }
  });

  it('ignores it, the next listener is asked again', async () => {
    const code = `process.once('SIGTERM', () => console.log('ignored'));`;
    zeroCode.write('ignored-once.cjs', helloApp('cjs', code));
    const app = await zeroCode.start('ignored-once.cjs', { env: BUFFERED });
    await app.get('/a');
    process.kill(app.pid, 'SIGTERM');
    await until(() => app.stdout.includes('ignored'));
    await app.get('/b');
    expect(await app.end()).toBe(143);
    expect(pathsOf(app.metrics.logs)).toEqual(['/a', '/b']);
  });
});

describe.concurrent('with ReadMe away', () => {
  it.each(['true', 'false'])(
    'the exit listeners of an application that exits at a signal do not wait (README_BACKGROUND_WORKER_MODE=%s)',
    async (worker) => {
      const file = `impatient-${worker}.cjs`;
      const code = `${LISTENERS_AT_EXIT} process.on('SIGINT', () => process.exit(0));`;
      zeroCode.write(file, helloApp('cjs', code));
      const app = await zeroCode.start(file, {
        env: {
          ...BUFFERED,
          README_BACKGROUND_WORKER_MODE: worker,
          README_EXIT_TIMEOUT_MILLIS: String(NEVER_MILLIS),
          README_TIMEOUT_MILLIS: String(NEVER_MILLIS),
        },
        metrics: { delayMillis: 2 * NEVER_MILLIS },
      });
      await app.get('/a');
      process.kill(app.pid, 'SIGINT');
      await until(() => app.stdout.includes('exit 0'));
      // As a process manager does.
      expect(await app.end('SIGKILL')).toBe(137);
    },
  );
});
