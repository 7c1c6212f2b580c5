import { describe, expect, it } from 'vitest';
import { BUFFERED, endBy, exitApp } from '../support/exit-app';
import { pathsOf, useZeroCode } from '../support/zero-code';

const zeroCode = useZeroCode('exit-listeners');

const COUNT = `
  for (const event of ['beforeExit', 'exit']) {
    process.on(event, (code) => console.log(event + ' ' + code));
  }`;

describe.concurrent.each(['true', 'false'])('with README_BACKGROUND_WORKER_MODE=%s', (worker) => {
  const env = { ...BUFFERED, README_BACKGROUND_WORKER_MODE: worker };

  async function ended(name: string, code: string, way: string, flags?: string[]) {
    // No two tests write the same file.
    const file = `${name}-${way}-${worker}.cjs`;
    zeroCode.write(file, exitApp('cjs', code));
    const app = await zeroCode.start(file, { env, ...(flags && { flags }) });
    await app.get('/a');
    const exitCode = await endBy(app, way);
    const [, ...said] = app.stdout.trim().split('\n');
    return { exitCode, said, stderr: app.stderr, logs: pathsOf(app.metrics.logs) };
  }

  it.each([
    ['natural', 0, ['beforeExit 0', 'exit 0']],
    ['natural-with-code', 3, ['beforeExit 3', 'exit 3']],
    ['exit3', 3, ['exit 3']],
    ['throw', 1, ['exit 1']],
  ] as const)(
    'the application hears of its end once, as without us, and the last logs arrive: %s',
    async (way, exitCode, said) => {
      const bare = await ended('counting', COUNT, way, []);
      const observed = await ended('counting', COUNT, way);
      expect(bare).toMatchObject({ exitCode, said, logs: [] });
      expect(observed).toMatchObject({ exitCode, said, logs: ['/a', `/end/${way}`] });
    },
  );

  it.each([
    ['throws', `throw new Error('in a listener');`, 'exit0'],
    ['throws', `throw new Error('in a listener');`, 'natural'],
    ['calls process.exit(9)', 'process.exit(9);', 'exit0'],
    ['calls process.exit(9)', 'process.exit(9);', 'natural'],
  ])('the last logs arrive though an exit listener %s: %s', async (what, code, way) => {
    const name = what.replaceAll(/\W+/g, '-');
    const listener = `process.on('exit', () => { ${code} });`;
    const bare = await ended(name, listener, way, []);
    const observed = await ended(name, listener, way);
    expect(observed.exitCode).toBe(bare.exitCode);
    expect(observed.stderr.includes('in a listener')).toBe(bare.stderr.includes('in a listener'));
    expect(observed.logs).toEqual(['/a', `/end/${way}`]);
  });

  it('an application may emit exit itself, and finds process.reallyExit as it was', async () => {
    const code = `
      const { reallyExit } = process;
      process.on('exit', () => {});
      server.once('request', () => {
        process.emit('exit', 0);
        console.log(process.reallyExit === reallyExit, process.listenerCount('uncaughtExceptionMonitor'));
      });`;
    const { said, logs } = await ended('emitting', code, 'exit0');
    expect(said).toEqual(['true 0']);
    expect(logs.at(-1)).toBe('/end/exit0');
  });

  it('ten listeners of the application for each event draw no warning', async () => {
    const code = `
      const events = ['exit', 'beforeExit', 'SIGTERM', 'SIGINT', 'uncaughtExceptionMonitor'];
      const add = (count) => {
        for (const event of events) for (let i = 0; i < count; i++) process.on(event, () => {});
      };
      add(5);
      server.once('request', () => { add(4); setImmediate(() => add(1)); });`;
    const { stderr, logs } = await ended('many', code, 'exit0');
    expect(stderr).toBe('');
    expect(logs).toEqual(['/a', '/end/exit0']);
  });
});
