import { beforeAll, describe, expect, it } from 'vitest';
import { NEVER_MILLIS, PATIENCE_MILLIS } from '../../support/patience';
import { FORMATS, helloApp, LISTEN, pathsOf, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('leaving');
const NEVER = String(NEVER_MILLIS);
/** It takes logs, and does not say so. */
const NO_ANSWER = { delayMillis: 2 * NEVER_MILLIS };

/** Every log waits for others longer than a test takes: only leaving sends them. */
const env = { README_FLUSH_INTERVAL_MILLIS: '60000' };

beforeAll(() => {
  for (const format of FORMATS) {
    zeroCode.write(`hello.${format}`, helloApp(format));
    zeroCode.write(
      `leaving-by-itself.${format}`,
      helloApp(
        format,
        `let served = 0;
        server.on('request', (request, response) => response.on('close', () => {
          if (++served === 2) server.close();
        }));
        process.exitCode = Number(process.env.EXIT_CODE);`,
      ),
    );
  }
  zeroCode.write(
    'leaving-abruptly.cjs',
    `const { createServer } = require('http');
    const server = createServer((request, response) => {
      response.end('ok');
      if (request.url === '/throw') response.on('close', () => { throw new Error('on purpose'); });
      else response.on('close', () => process.exit(Number(request.url.slice(1))));
    });${LISTEN}`,
  );
});

async function visit(app: { get(path: string): Promise<unknown> }): Promise<void> {
  for (const path of ['/first', '/second']) await app.get(path);
}

describe('a process that ends by itself', () => {
  it.each(FORMATS.flatMap((format) => [0, 3].map((code) => [format, code] as const)))(
    '%s: delivers its last logs and keeps its exit code %i',
    async (format, code) => {
      const app = await zeroCode.start(`leaving-by-itself.${format}`, {
        env: { ...env, EXIT_CODE: String(code) },
      });
      await visit(app);
      expect(await app.exit).toBe(code);
      expect(pathsOf(app.metrics.logs)).toEqual(['/first', '/second']);
      expect(app.stderr).toBe('');
    },
  );

  it.each([
    ['process.exit(0)', '/0', 0],
    ['process.exit(7)', '/7', 7],
    ['an exception', '/throw', 1],
  ])('keeps the exit code and the output of %s', async (_what, path, code) => {
    const endings = [];
    for (const flags of [[], undefined]) {
      const app = await zeroCode.start('leaving-abruptly.cjs', { env, ...(flags && { flags }) });
      await app.get(path);
      endings.push({ code: await app.exit, stderr: withoutNodeFrames(app.stderr) });
    }
    expect(endings[1]).toEqual({ ...endings[0], code });
  });
});

describe.concurrent('a signal', () => {
  const signals = [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const;
  it.each(
    FORMATS.flatMap((format) => signals.map(([signal, code]) => [format, signal, code] as const)),
  )(
    '%s: waits for the last logs, and %s still ends the process with %i',
    async (format, signal, code) => {
      const app = await zeroCode.start(`hello.${format}`, { env });
      await visit(app);
      expect(await app.end(signal)).toBe(code);
      expect(pathsOf(app.metrics.logs)).toEqual(['/first', '/second']);
      expect(app.stderr).toBe('');
    },
  );

  it.each(signals)(
    'waits at most 1 s for a metrics server that does not answer: %s',
    async (signal, code) => {
      const app = await zeroCode.start('hello.cjs', {
        env: { ...env, README_EXIT_TIMEOUT_MILLIS: '', README_TIMEOUT_MILLIS: NEVER },
        metrics: NO_ANSWER,
      });
      await visit(app);
      expect(await app.end(signal)).toBe(code);
      expect(app.stderr).toMatch(
        /^.*ReadmeMetricsWarning.*: 2 shutdown_timeout\. .* 1000 ms .*\(exitTimeoutMillis\).*\n$/,
      );
    },
  );

  it('that comes twice does not wait', async () => {
    const app = await zeroCode.start('hello.cjs', {
      env: { ...env, README_EXIT_TIMEOUT_MILLIS: NEVER, README_TIMEOUT_MILLIS: NEVER },
      metrics: NO_ANSWER,
    });
    await visit(app);
    process.kill(app.pid, 'SIGINT');
    await app.metrics.waitForLogs(2, PATIENCE_MILLIS);
    expect(await app.end('SIGINT')).toBe(130);
  });

  it('before the first request ends the process as ever', async () => {
    const app = await zeroCode.start('hello.cjs', { env });
    expect(await app.end()).toBe(143);
  });
});

/** Node dispatches an event differently when there is more than one listener. */
function withoutNodeFrames(stack: string): string {
  return stack.replace(/^ +at .*\(node:.*\)\n/gm, '');
}
