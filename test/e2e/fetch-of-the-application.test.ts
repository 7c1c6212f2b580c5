import { beforeAll, expect, it } from 'vitest';
import { useZeroCode } from '../support/zero-code';

const project = useZeroCode('fetch-of-the-application');

/** Has a log sent before `fetch` is used for the first time. */
const APP = `
const http = require('node:http');
const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');
if (process.env.REPLACED) globalThis.Response = class {};
const readme = new ReadmeInstrumentation({ bufferLength: 1 });
const server = http.createServer((request, response) => response.end('ok'));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  http.get({ host: '127.0.0.1', port, agent: false }, (response) => response.resume().on('end', async () => {
    await readme.forceFlush();
    console.log((await fetch('http://127.0.0.1:' + port)).status, readme.stats().delivered);
    process.exit();
  }));
});`;

beforeAll(() => project.write('app.cjs', APP));

it.each([
  ['the worker thread', {}],
  ['the main thread', { README_BACKGROUND_WORKER_MODE: 'false' }],
  ['the main thread, Response replaced', { README_BACKGROUND_WORKER_MODE: 'false', REPLACED: '1' }],
])('is as ever when logs were sent before, from %s', async (_thread, env) => {
  const metrics = await project.metricsServer();
  const { stdout, stderr } = await project.run(['app.cjs'], {
    README_API_KEY: 'key-of-tests',
    README_METRICS_SERVER: metrics.url,
    ...env,
  });
  expect(stderr).toBe('');
  expect(stdout).toBe('200 1\n');
});
