import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalMetricsServer, startLocalMetricsServer } from '../../src/local/metrics-server';
import { lambdaAdapters } from '../support/lambda-adapters';
import { entryOf } from '../support/observe';
import { PATIENT_ENV } from '../support/patience';
import { runToEnd } from '../support/spawned-app';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/LAMBDA.md'), 'utf8');
const [, RECIPE = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];

/** Lambda freezes the process when the handler has returned; this one never wakes up again. */
const FREEZE = `
const { handler } = require('./handler.js');
const event = {
  version: '2.0', rawPath: '/owls', rawQueryString: '', headers: { host: 'api.example.com' }, body: '{}',
  requestContext: { http: { method: 'POST', path: '/owls', sourceIp: '203.0.113.7' }, stage: '$default' },
};
handler(event, {}).then(({ statusCode, body }) => {
  require('node:fs').writeSync(1, statusCode + ' ' + body);
  process.kill(process.pid, 'SIGKILL');
});`;

let folder: string;
let metrics: LocalMetricsServer;
beforeAll(async () => {
  const adapters = await lambdaAdapters();
  const modules = dirname(dirname(adapters.resolve('serverless-http/package.json')));
  folder = dirname(modules);
  symlinkSync(ROOT, join(modules, 'readme-metrics-opentelemetry'), 'junction');
  metrics = await startLocalMetricsServer();
});
beforeEach(() => metrics.clear());
afterAll(() => metrics.close());

describe('the recipe for Lambda in docs/LAMBDA.md has delivered its log before the process is frozen', () => {
  it.each([
    ['serverless-http', RECIPE],
    [
      '@vendia/serverless-express',
      RECIPE.replace("require('serverless-http')", "require('@vendia/serverless-express')").replace(
        'serverless(app)',
        'serverless({ app })',
      ),
    ],
  ])('with %s', async (name, recipe) => {
    const project = join(folder, name.replace(/\W/g, '-'));
    mkdirSync(project, { recursive: true });
    writeFileSync(
      join(project, 'handler.js'),
      recipe.replaceAll(/ (timeout|retryTimeout)Millis: \d+,/g, ''),
    );
    writeFileSync(join(project, 'freeze.js'), FREEZE);
    const { code, stdout, stderr } = await runToEnd(['freeze.js'], {
      cwd: project,
      env: { ...PATIENT_ENV, README_API_KEY: 'key-of-tests', README_METRICS_SERVER: metrics.url },
    });
    expect({ code, stdout, stderr }).toEqual({
      code: 137,
      stdout: '201 {"name":"Owlbert"}',
      stderr: '',
    });
    expect(metrics.logs.map((log) => entryOf(log))).toMatchObject([
      {
        request: { url: 'https://api.example.com/owls', postData: { text: '{}' } },
        response: { status: 201, content: { text: '{"name":"Owlbert"}' } },
      },
    ]);
  });
});
