import { describe, expect, it } from 'vitest';
import { NEVER_MILLIS, PATIENCE_MILLIS, until } from '../../support/patience';
import { helloApp, LISTEN, pathsOf, program, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('signal-listeners');

/** Every log waits for others longer than a test takes: only leaving sends them. */
const env = { README_FLUSH_INTERVAL_MILLIS: '60000' };

async function visit(app: { get(path: string): Promise<unknown> }): Promise<void> {
  for (const path of ['/first', '/second']) await app.get(path);
}

/** Answers at `/slow` after 300 ms, and says when it was asked. */
const SLOW_SERVER = `
const server = createServer((request, response) => {
  if (request.url === '/late') onLate();
  if (request.url === '/slow') console.log('asked');
  setTimeout(() => response.end('ok'), request.url === '/slow' ? 300 : 0);
});
let onLate = () => {};`;
const GRACEFUL = `process.once('SIGTERM', () => server.close(() => console.log('closed')));`;

describe.concurrent('an application with a listener of its own', () => {
  it.each([
    ['before it listens', `${SLOW_SERVER}${GRACEFUL}${LISTEN}`],
    ['when it listens', `${SLOW_SERVER}${LISTEN}\nserver.on('listening', () => { ${GRACEFUL} });`],
    ['during a request', `${SLOW_SERVER}${LISTEN}\nonLate = () => { ${GRACEFUL} };`],
    [
      'in front of all others',
      `${SLOW_SERVER}${LISTEN}\nonLate = () => { ${GRACEFUL.replace('once', 'prependOnceListener')} };`,
    ],
  ])('alone decides when to leave, and loses no log: registered %s', async (when, code) => {
    const file = `graceful-${when.replaceAll(' ', '-')}.cjs`;
    zeroCode.write(file, program('cjs', { http: 'createServer' }, code));
    const app = await zeroCode.start(file, { env });
    await app.get('/late');
    const slow = app.get('/slow').catch((error: Error) => error);
    await until(() => app.stdout.includes('asked'));
    expect(await app.end()).toBe(0);
    expect(await slow).toMatchObject({ body: 'ok' });
    expect(app.stdout).toMatch(/closed/);
    expect(pathsOf(app.metrics.logs)).toEqual(['/late', '/slow']);
  });

  it('may ignore the signal', async () => {
    zeroCode.write('deaf.cjs', helloApp('cjs', `process.on('SIGTERM', () => {});`));
    const app = await zeroCode.start('deaf.cjs', { env });
    await app.get('/before');
    process.kill(app.pid, 'SIGTERM');
    await app.metrics.waitForLogs(1, PATIENCE_MILLIS);
    // A machine that is too slow to show that it would have ended does not show that it has.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await app.get('/after')).body).toBe('ok');
    expect(await app.end('SIGINT')).toBe(130);
    expect(pathsOf(app.metrics.logs)).toEqual(['/before', '/after']);
  });

  it('has its exit code though the metrics server does not answer', async () => {
    zeroCode.write('graceful.cjs', helloApp('cjs', GRACEFUL));
    const app = await zeroCode.start('graceful.cjs', {
      env: {
        ...env,
        README_EXIT_TIMEOUT_MILLIS: '1000',
        // A request under way does not keep the process alive.
        README_TIMEOUT_MILLIS: String(NEVER_MILLIS),
      },
      metrics: { delayMillis: 2 * NEVER_MILLIS },
    });
    await visit(app);
    expect(await app.end()).toBe(0);
  });
});

describe.concurrent('beside signal-exit', () => {
  const versions = [
    ['v3', `require('signal-exit')((code, signal) => console.log('v3', code, signal));`],
    ['v4', `require('signal-exit-4').onExit((code, signal) => console.log('v4', code, signal));`],
  ];
  const [three, four] = versions as [string[], string[]];
  it.each([
    ...versions.flatMap(([name, code]) => [
      [`${name}, loaded before`, `${code}\n${helloApp('cjs')}`, [name]],
      [
        `${name}, loaded after`,
        helloApp('cjs', `server.once('request', () => {${code}});`),
        [name],
      ],
    ]),
    ['v3 and v4', `${three[1]}\n${four[1]}\n${helloApp('cjs')}`, ['v3', 'v4']],
  ] as [string, string, string[]][])(
    'a signal ends the process, and each is told once: %s',
    async (name, code, told) => {
      const file = `signal-exit-${name.replace(/\W+/g, '-')}.cjs`;
      zeroCode.write(file, code);
      const ends = [
        ['SIGTERM', 143],
        ['SIGINT', 130],
      ] as const;
      for (const [signal, exitCode] of ends) {
        const app = await zeroCode.start(file, { env });
        await visit(app);
        const stuck = setTimeout(() => process.kill(app.pid, 'SIGKILL'), PATIENCE_MILLIS);
        const exit = await app.end(signal);
        clearTimeout(stuck);
        expect([signal, exit]).toEqual([signal, exitCode]);
        for (const version of told) expect(app.stdout).toContain(`${version} null ${signal}`);
        expect(pathsOf(app.metrics.logs)).toEqual(['/first', '/second']);
      }
    },
  );
});
