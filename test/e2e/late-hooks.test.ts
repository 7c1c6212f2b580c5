import { beforeAll, describe, expect, it } from 'vitest';
import { useZeroCode } from '../support/zero-code';

const project = useZeroCode('late-hooks');

/** An application with an SDK of its own, that asks itself once and ends. */
const app = (before: string, after: string, instrumentations: string) => `
${before}
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { readmeHttpHooks, ReadmeInstrumentation, ReadmeSpanProcessor } = require('readme-metrics-opentelemetry');
const options = { apiKey: 'key', metricsServer: process.env.METRICS, bufferLength: 1, backgroundWorkerMode: false };
const processor = new ReadmeSpanProcessor(options);
new NodeSDK({ spanProcessors: [processor], instrumentations: ${instrumentations} }).start();
${after}
const server = http.createServer((request, response) => response.end('ok'));
server.listen(0, '127.0.0.1', async () => {
  for (const path of ['/ignored', '/a', '/b'])
    await (await fetch('http://127.0.0.1:' + server.address().port + path, { headers: { connection: 'close' } })).text();
  server.close();
});`;
const LOAD = `const http = require('http');`;
const HOOKS = '[new HttpInstrumentation(readmeHttpHooks(options))]';
const IGNORE = `[new HttpInstrumentation(readmeHttpHooks(options, {
  ignoreIncomingRequestHook: (request) => request.url === '/ignored' }))]`;
const BOTH =
  '[new HttpInstrumentation(readmeHttpHooks(options)), new ReadmeInstrumentation(options)]';

beforeAll(() => {
  project.write('late.cjs', app(LOAD, '', HOOKS));
  project.write('early.cjs', app('', LOAD, HOOKS));
  project.write('early-ignore.cjs', app('', LOAD, IGNORE));
  project.write('late-both.cjs', app(LOAD, '', BOTH));
});

async function run(file: string) {
  const metrics = await project.metricsServer();
  const env = {
    METRICS: metrics.url,
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    README_EXIT_TIMEOUT_MILLIS: '60000',
  };
  const { code, stderr } = await project.run([file], env);
  return { code, stderr, logs: metrics.logs.length };
}

describe.concurrent('hooks of which HttpInstrumentation cannot call any', () => {
  it('are named in one warning when http was loaded before: nothing is logged', async () => {
    const { code, stderr, logs } = await run('late.cjs');
    expect({ code, logs }).toEqual({ code: 0, logs: 0 });
    expect(stderr.match(/README_HOOKS_TOO_LATE/g)).toHaveLength(1);
    expect(stderr).toMatch(/http was loaded before .*--require .*ReadmeInstrumentation/);
  });

  it.each([
    ['hooks came first', 'early.cjs', 3],
    ['HttpInstrumentation ignores the first request', 'early-ignore.cjs', 2],
    ['a ReadmeInstrumentation logs all the same', 'late-both.cjs', 3],
  ])('are not where %s', async (_where, file, expected) => {
    expect(await run(file)).toEqual({ code: 0, stderr: '', logs: expected });
  });
});
