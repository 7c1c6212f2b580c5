import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packedProject } from '../../support/packed-project';
import { PATIENCE_MILLIS } from '../../support/patience';
import { FORMATS, helloApp, pathsOf, REGISTER, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('start-up');
const env = { README_BUFFER_LENGTH: '1' };
const REQUIRE = ['--require', REGISTER];

beforeAll(() => {
  for (const format of FORMATS) zeroCode.write(`hello.${format}`, helloApp(format));
});

describe.concurrent('one flag is all', () => {
  it.each(
    FORMATS.flatMap((format) => ['--require', '--import'].map((flag) => [flag, format] as const)),
  )('%s: GET /health of an app.%s is logged, and nothing is printed', async (flag, format) => {
    const app = await zeroCode.start(`hello.${format}`, { env, flags: [flag, REGISTER] });
    expect((await app.get('/health')).body).toBe('ok');
    await app.metrics.waitForLogs(1, PATIENCE_MILLIS);
    expect(await app.end()).toBe(143);
    expect(pathsOf(app.metrics.logs)).toEqual(['/health']);
    expect(app.stderr).toBe('');
  });

  it('NODE_OPTIONS does the same', async () => {
    const NODE_OPTIONS = REQUIRE.join(' ');
    const app = await zeroCode.start('hello.mjs', { flags: [], env: { ...env, NODE_OPTIONS } });
    await app.get('/health');
    await app.metrics.waitForLogs(1, PATIENCE_MILLIS);
  });

  it('settings may come from a .env file that the application reads', async () => {
    zeroCode.write(
      'dotenv.cjs',
      `process.env.README_API_KEY = 'key-of-a-file';\n${helloApp('cjs')}`,
    );
    const app = await zeroCode.start('dotenv.cjs', { env: { ...env, README_API_KEY: '' } });
    await app.get('/health');
    await app.metrics.waitForLogs(1, PATIENCE_MILLIS);
    expect(app.metrics.requests[0]?.apiKeyEnding).toBe('file');
  });
});

describe.concurrent('a process that serves nothing', () => {
  /** Prints the modules that the flags have loaded, and some native ones that are slow to load. */
  const PRINT_LOADED = `
    const heavy = /^NativeModule (http|https|net|tls|fs\\/promises|crypto|zlib|perf_hooks)$/;
    console.log(JSON.stringify({
      files: Object.keys(require.cache).map((file) => file.replace(/.*node_modules./, '')),
      native: process.moduleLoadList.filter((name) => heavy.test(name)),
    }));`;

  it('loads one small file and no slow module', async () => {
    const { stdout, stderr } = await zeroCode.run([...REQUIRE, '-e', PRINT_LOADED]);
    const bare = await zeroCode.run(['-e', PRINT_LOADED]);
    expect(JSON.parse(stdout)).toEqual({
      ...JSON.parse(bare.stdout),
      files: ['readme-metrics-opentelemetry/dist/register.js'],
    });
    expect(stderr).toBe('');
  });

  it('does not load more when it listens on a socket without HTTP', async () => {
    const server = `const server = require('net').createServer().listen(0, '127.0.0.1', () =>
      setTimeout(() => { server.close(); ${PRINT_LOADED} }, 50));`;
    const { stdout } = await zeroCode.run([...REQUIRE, '-e', server]);
    expect(JSON.parse(stdout).files).toEqual(['readme-metrics-opentelemetry/dist/register.js']);
  });

  it('says nothing, with or without a key: npm under NODE_OPTIONS', async () => {
    const bare = await zeroCode.run(['--version'], {}, 'npm');
    for (const README_API_KEY of ['', 'key']) {
      const environment = { NODE_OPTIONS: REQUIRE.join(' '), README_API_KEY };
      expect(await zeroCode.run(['--version'], environment, 'npm')).toEqual(bare);
    }
  });
});

describe.concurrent('every request is logged once', () => {
  it.each([
    ['with the flag given twice', [...REQUIRE, ...REQUIRE]],
    ['with both flags', [...REQUIRE, '--import', REGISTER]],
    ['with a second copy', [...REQUIRE, '--require', 'second-copy/register']],
    ['with a second copy as ES module', ['--import', 'second-copy/register', '--import', REGISTER]],
  ])('%s', async (_how, flags) => {
    const app = await zeroCode.start('hello.mjs', { env, flags });
    for (const path of ['/1', '/2']) await app.get(path);
    expect(await app.end()).toBe(143);
    expect(pathsOf(app.metrics.logs).sort()).toEqual(['/1', '/2']);
    expect(app.stderr).toBe('');
  });

  it('when the application, too, has the copy and the API of another folder', async () => {
    const project = await packedProject();
    const modules = join(project, 'start-up/nested/node_modules');
    mkdirSync(join(modules, '@opentelemetry'), { recursive: true });
    for (const name of ['readme-metrics-opentelemetry', '@opentelemetry/api']) {
      cpSync(join(project, 'node_modules', name), join(modules, name), { recursive: true });
    }
    zeroCode.write('nested/app.cjs', `require('${REGISTER}');\n${helloApp('cjs')}`);
    const app = await zeroCode.start('nested/app.cjs', { env });
    await app.get('/once');
    expect(await app.end()).toBe(143);
    expect(pathsOf(app.metrics.logs)).toEqual(['/once']);
    expect(app.stderr).toBe('');
  });
});

describe.concurrent('nothing is logged', () => {
  it('in worker threads, which are not the application', async () => {
    zeroCode.write('worker.cjs', helloApp('cjs'));
    const code = `new (require('worker_threads').Worker)(__dirname + '/worker.cjs');`;
    zeroCode.write('with-worker.cjs', code);
    const app = await zeroCode.start('with-worker.cjs', { env });
    await app.get('/');
    expect(await app.end()).toBe(143);
    expect(app.metrics.requests).toEqual([]);
    expect(app.stderr).toBe('');
  });

  it.each(['true', ' TRUE '])('with OTEL_SDK_DISABLED=%j', async (OTEL_SDK_DISABLED) => {
    const app = await zeroCode.start('hello.cjs', { env: { ...env, OTEL_SDK_DISABLED } });
    await app.get('/');
    expect(await app.end()).toBe(143);
    expect(app.metrics.requests).toEqual([]);
    expect(app.stderr).toBe('');
  });

  it.each(['', '  '])('without README_API_KEY (%j), which is told once', async (README_API_KEY) => {
    const app = await zeroCode.start('hello.cjs', { env: { ...env, README_API_KEY } });
    for (const path of ['/1', '/2', '/3']) expect((await app.get(path)).body).toBe('ok');
    expect(await app.end()).toBe(143);
    expect(app.stderr.match(/README_API_KEY/g)).toHaveLength(1);
    expect(app.stderr.match(/ReadmeMetricsWarning/g)).toHaveLength(1);
    expect(app.metrics.requests).toEqual([]);
  });
});
