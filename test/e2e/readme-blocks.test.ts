import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalMetricsServer, startLocalMetricsServer } from '../../src/local/metrics-server';
import { lastingPort } from '../support/lasting-port';
import { PATIENCE_MILLIS, PATIENT_ENV, POLL } from '../support/patience';
import { canConnect, listen, ReadmeProject } from '../support/readme-project';
import { type SdkEnvironment, sdkEnvironments } from '../support/sdk-environments';

const ROOT = resolve(import.meta.dirname, '../..');

const CLEAN = { code: 0, stderr: '' };

const { environments, missing } = await sdkEnvironments();
if (missing !== undefined) it.skip(`SDK 3: ${missing}`);

describe.each(environments)('the code blocks with $name', (sdk) => {
  let project: ReadmeProject;
  let metrics: LocalMetricsServer;
  let collector: Server;
  /** What the application's own exporter of traces has sent, as latin1. */
  let collected: string[];
  let environment: NodeJS.ProcessEnv;
  let port: number;
  let origin: string;

  beforeAll(() => {
    project = new ReadmeProject(sdk as SdkEnvironment);
  });
  afterAll(() => project.remove());

  beforeEach(async () => {
    metrics = await startLocalMetricsServer();
    collected = [];
    collector = createServer((request, response) => {
      const traces = request.url === '/v1/traces' ? collected : [];
      request.setEncoding('latin1').on('data', (text: string) => traces.push(text));
      request.on('end', () => response.end());
    });
    port = await lastingPort();
    origin = `http://127.0.0.1:${port}`;
    const own = Object.entries(process.env).filter(([name]) => !/^(OTEL|README)_/.test(name));
    environment = {
      ...Object.fromEntries(own),
      ...PATIENT_ENV,
      PORT: String(port),
      README_API_KEY: 'rdme_test_0123456789',
      README_METRICS_SERVER: metrics.url,
      README_BUFFER_LENGTH: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await listen(collector)}`,
    };
  });

  afterEach(async () => {
    project.killAll();
    collector.close();
    collector.closeAllConnections();
    await metrics.close();
  });

  /** An application for a block that only sets up tracing. */
  function writeAppFor(module: string, end: string): string {
    const path = `app-for-${module}`;
    project.write(
      path,
      `const block = require('./${module}');
      const server = require('node:http').createServer((request, response) => {
        request.resume().on('end', () => response.end('{"card":"4929123456781234"}'));
      });
      server.listen(Number(process.env.PORT));
      process.once('SIGTERM', () => server.close(() => ${end}));`,
    );
    return path;
  }

  const letter = {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: '{"card":"4929123456781234"}',
  };

  it('type-check', async () => {
    const compilerOptions = {
      allowJs: true,
      checkJs: true,
      noEmit: true,
      strict: true,
      noImplicitAny: false,
      skipLibCheck: true,
      target: 'es2022',
      module: 'node20',
      types: ['node'],
      typeRoots: [resolve(ROOT, 'node_modules/@types')],
    };
    // A test is no place for the cast that `server.address().port` would need.
    const files = [...project.blocks.keys()].filter((path) => /(?<!\.test)\.js$/.test(path));
    project.write('tsconfig.json', JSON.stringify({ compilerOptions, files }));
    const tsc = resolve(ROOT, 'node_modules/typescript/bin/tsc');
    expect(await project.run(tsc, '-p', '.')).toEqual([0, '']);
  });

  it('without any code: every exchange is logged, with a caller from a module', async () => {
    environment.README_GROUPING_FUNCTION = './zero-code/grouping.js#caller';
    project.write(
      'zero-code/app.mjs',
      `import { createServer } from 'node:http';
      createServer((request, response) => response.end('hi')).listen(Number(process.env.PORT));`,
    );
    const flags = ['--require', 'readme-metrics-opentelemetry/register'];
    const app = await project.start('zero-code/app.mjs', environment, flags);
    const headers = { 'x-customer': 'owl-17', connection: 'close' };
    await (await fetch(`${origin}/health`, { headers })).text();
    const [log] = await metrics.waitForLogs(1, PATIENCE_MILLIS);
    expect(log?.group).toMatchObject({ label: 'A customer' });
    expect(log?.request.log.entries[0]?.pageref).toBe(`${origin}/health`);
    expect(await app.terminate()).toEqual({ code: null, stderr: '' });
  });

  const quickStarts = ['tracing.js', 'start-node-sdk.js'].map((name) => `quick-start/${name}`);
  it.each(quickStarts.filter((path) => path.endsWith('tracing.js') || sdk.sdk === '3'))(
    '%s: every exchange is logged, the other exporter gets the id of the log only',
    async (path) => {
      project.write('quick-start/tracing.js', project.blocks.get(path) as string);
      const app = await project.start('quick-start/app.js', environment);
      const response = await fetch(`${origin}/letters`, letter);
      expect(await response.json()).toEqual({ id: 1, card: '4929123456781234' });
      expect(await app.terminate()).toEqual(CLEAN);

      const [log] = await metrics.waitForLogs(1, PATIENCE_MILLIS);
      const entry = log?.request.log.entries[0];
      expect(entry?.request.postData?.text).toBe('{"card":"[REDACTED 16]"}');
      expect(entry?.response.content.text).toBe('{"id":1,"card":"[REDACTED 16]"}');
      expect(entry?.pageref).toBe(`${origin}/letters`);
      expect(entry?.comment).toMatch(/^trace-id: [0-9a-f]{32}$/);
      const traces = collected.join('');
      expect(traces).toContain('readme.log.id');
      expect(traces).toContain(log?._id);
      expect(traces).not.toMatch(/readme\.(?!log\.id)|body\.content|4929123456781234/);
    },
  );

  it('without any other OpenTelemetry, logs that wait for company are sent on shutdown', async () => {
    environment.README_BUFFER_LENGTH = '';
    const app = await project.start('standalone.js', environment);
    await (await fetch(origin, { headers: { connection: 'close' } })).text();
    expect(await app.terminate()).toEqual(CLEAN);
    expect(metrics.logs.map((log) => log.group.label)).toEqual(['Anonymous']);
  });

  it('grouping function: the caller has label and email, null is not logged', async () => {
    const path = writeAppFor('grouping-function.js', 'process.exit()');
    const app = await project.start(path, environment);
    const headers = { 'x-api-key': 'key-of-hedwig', connection: 'close' };
    await (await fetch(origin, { headers: { connection: 'close' } })).text();
    await (await fetch(origin, { headers })).text();
    await metrics.waitForLogs(1, PATIENCE_MILLIS);
    expect(await app.terminate()).toEqual(CLEAN);
    expect(metrics.logs.map(({ group }) => [group.label, group.email])).toEqual([
      ['Hedwig', 'hedwig@example.com'],
    ]);
  });

  it('setReadmeGroup: the caller is who the middleware says', async () => {
    const app = await project.start('set-readme-group.js', environment);
    await (await fetch(`${origin}/letters/1`, { headers: { connection: 'close' } })).text();
    expect(await app.terminate()).toEqual(CLEAN);
    const [log] = await metrics.waitForLogs(1, PATIENCE_MILLIS);
    expect(log?.group.label).toBe('Hedwig');
    expect(log?.request.log.entries[0].pageref).toBe(`${origin}/letters/:id`);
  });

  it.each([
    ['hooks-private.js', 'no other exporter sees anything of it', false],
    ['hooks-open.js', 'the exchange is logged', undefined],
  ])('%s: %s', async (path, _what, seen) => {
    environment.README_BUFFER_LENGTH = '';
    const app = await project.start(writeAppFor(path, 'block.sdk.shutdown()'), environment);
    await (await fetch(`${origin}/letters`, letter)).text();
    expect(await app.terminate()).toEqual(CLEAN);
    const [log] = await metrics.waitForLogs(1, PATIENCE_MILLIS);
    expect(log?.request.log.entries[0].request.postData?.text).toBe('{"card":"[REDACTED 16]"}');
    const traces = collected.join('');
    expect(traces.includes('url.path')).toBe(seen === false);
    expect(traces).not.toMatch(/readme\.(log|group|request|response)|4929123456781234/);
  });

  it('the test for a test suite passes', async () => {
    const [code, output] = await project.run('--test', 'logs.test.js');
    expect(output).toMatch(/pass 1\b/);
    expect(code).toBe(0);
  });

  it('the local metrics server in a terminal prints the logs that come', async () => {
    const metricsPort = await lastingPort();
    const command = project.blocks.get('local-server.sh')?.replace('4040', String(metricsPort));
    const server = project.startShell(command as string);
    let output = '';
    server.stdout?.on('data', (text) => {
      output += text;
    });
    environment.README_METRICS_SERVER = `http://127.0.0.1:${metricsPort}`;
    await expect.poll(() => canConnect(metricsPort), POLL).toBe(true);
    const app = await project.start('standalone.js', environment);
    await (await fetch(origin, { headers: { connection: 'close' } })).text();
    await app.terminate();
    await expect.poll(() => output, POLL).toContain("label: 'Anonymous'");
  });
});

it('every block of JavaScript is run here, or its lines are used by the test that it names', () => {
  const readme = readFileSync(resolve(ROOT, 'README.md'), 'utf8');
  for (const [, before, code] of readme.matchAll(/^([^\n]*)\n```js\n(.*?)```/gms)) {
    const test = /^<!-- used by: (\S+) -->$/.exec(before as string)?.[1];
    if (test === undefined) {
      expect(before).toMatch(/^<!-- run: \S+\.js(, SDK [23])? -->$/);
      continue;
    }
    const settings = (code as string).match(/'[\w-]+': '[^']+'/g) ?? [code as string];
    const source = readFileSync(resolve(ROOT, test), 'utf8');
    for (const setting of settings) expect(source).toContain(setting);
  }
});
