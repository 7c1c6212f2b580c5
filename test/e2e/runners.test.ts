import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { resolveOptions } from '../../src/options/resolve-options';
import { fixturePackages } from '../support/fixture-packages';
import { INSTALL_TIMEOUT } from '../support/packed-project';
import { NEVER_MILLIS, until } from '../support/patience';
import { helloApp, pathsOf, REGISTER, useZeroCode, type ZeroCodeApp } from '../support/zero-code';

vi.setConfig({ testTimeout: INSTALL_TIMEOUT });

const zeroCode = useZeroCode('runners');
const REQUIRE = ['--require', REGISTER];
/** Every log waits for others longer than a test takes: only the end of the process sends them. */
const BUFFERED = { README_FLUSH_INTERVAL_MILLIS: '60000' };
const NEVER = String(NEVER_MILLIS);
const WORKER_MODES = ['true', 'false'];

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** It takes logs, and says whether it has any. */
async function metricsServer(): Promise<string> {
  let has = false;
  const server = createServer((request, response) => {
    has ||= request.method === 'POST';
    request.resume().on('end', () => response.writeHead(202).end(String(has)));
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let tools: string;
const tool = (path: string) => join(tools, 'node_modules', path);

beforeAll(async () => {
  tools = await fixturePackages('runners');
}, INSTALL_TIMEOUT);

describe.concurrent('tsx', () => {
  const code = `
    process.on('exit', (code) => console.log('exit ' + code));
    const { listenerCount } = require('node:events').prototype;
    const timer = setInterval(() => {
      if (listenerCount.call(process, 'SIGTERM') === process.listenerCount('SIGTERM')) return;
      clearInterval(timer);
      console.log('tsx listens, pid ' + process.pid);
    }, 5);`;
  beforeAll(() => zeroCode.write('tsx.cjs', helloApp('cjs', code)));
  /** tsx hides a listener of its own, as soon as it is connected to its parent. */
  const listens = (app: ZeroCodeApp) => until(() => /tsx listens/.test(app.stdout));
  const ends = [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const;

  it.each(ends)(
    'ends the application at %s with %i, after its exit listeners',
    async (signal, exitCode) => {
      for (const register of [[], REQUIRE]) {
        const flags = [tool('tsx/dist/cli.mjs'), ...register];
        const app = await zeroCode.start('tsx.cjs', { flags, env: BUFFERED });
        await app.get('/a');
        // Not by way of tsx, which kills what it has not heard of in 60 ms.
        await until(() => /pid \d+/.test(app.stdout));
        process.kill(Number(/pid (\d+)/.exec(app.stdout)?.[1]), signal);
        expect(await app.exit).toBe(exitCode);
        expect(app.stdout).toContain(`exit ${exitCode}`);
        expect(pathsOf(app.metrics.logs)).toEqual(register.length > 0 ? ['/a'] : []);
      }
    },
  );

  it.each(ends)('watch ends at %s with %i, after the exit listeners', async (signal, exitCode) => {
    for (const register of [[], REQUIRE]) {
      const flags = [tool('tsx/dist/cli.mjs'), 'watch', ...register];
      const app = await zeroCode.start('tsx.cjs', { flags, env: BUFFERED });
      await app.get('/a');
      await listens(app);
      expect(await app.end(signal)).toBe(exitCode);
      expect(app.stdout).toContain(`exit ${exitCode}`);
      expect(pathsOf(app.metrics.logs)).toEqual(register.length > 0 ? ['/a'] : []);
    }
  });
});

describe.concurrent('pm2-runtime', () => {
  it('stops an application whose own exit listeners have run, though ReadMe is away', async () => {
    const left = join(zeroCode.folder, 'left.txt');
    const code = `
      process.on('SIGINT', () => process.exit(4));
      process.on('exit', (code) => require('fs').writeFileSync(${JSON.stringify(left)}, 'exit ' + code));`;
    zeroCode.write('pm2.cjs', helloApp('cjs', code));
    const env = {
      ...BUFFERED,
      PM2_HOME: join(zeroCode.folder, 'pm2'),
      README_EXIT_TIMEOUT_MILLIS: NEVER,
      README_TIMEOUT_MILLIS: NEVER,
    };
    mkdirSync(env.PM2_HOME);
    const flags = [tool('pm2/bin/pm2-runtime'), 'start', '--node-args', REQUIRE.join(' ')];
    const app = await zeroCode.start('pm2.cjs', {
      flags,
      env,
      metrics: { delayMillis: 2 * NEVER_MILLIS },
    });
    await app.get('/a');
    // It waits for 1.6 s, and kills.
    await app.end('SIGINT');
    expect(readFileSync(left, 'utf8')).toBe('exit 4');
  });

  it('waits longer than exitTimeoutMillis is by default', () => {
    const { KILL_TIMEOUT } = createRequire(tool('pm2/index.js'))('./constants.js');
    const { exitTimeoutMillis } = resolveOptions({ apiKey: 'key' }, {});
    // What is left is for the application.
    expect(KILL_TIMEOUT - exitTimeoutMillis).toBeGreaterThanOrEqual(500);
  });
});

describe.concurrent.each(WORKER_MODES)('with README_BACKGROUND_WORKER_MODE=%s', (worker) => {
  const settings = (url: string) => ({
    README_API_KEY: 'key-of-tests',
    README_METRICS_SERVER: url,
    README_BUFFER_LENGTH: '1',
    README_BACKGROUND_WORKER_MODE: worker,
  });
  /** Serves a request, and waits until its log has arrived. */
  const exchange = (url: string) => `
    const http = require('node:http');
    const get = (url) => new Promise((resolve) => http.get(url, { agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => { text += chunk; }).on('end', () => resolve(text));
    }));
    async function exchange() {
      const server = http.createServer((request, response) => response.end('ok'));
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      for (const path of ['/a', '/b']) await get('http://127.0.0.1:' + server.address().port + path);
      while (!JSON.parse(await get('${url}'))) await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise((resolve) => server.close(resolve));
    }`;

  it('lab finds no leaked global', async () => {
    const url = await metricsServer();
    zeroCode.write(
      `lab-${worker}.cjs`,
      `${exchange(url)}
      const lab = (exports.lab = require(${JSON.stringify(tool('@hapi/lab'))}).script());
      lab.test('answers', { timeout: 0 }, exchange);`,
    );
    const args = [...REQUIRE, tool('@hapi/lab/bin/lab'), `lab-${worker}.cjs`];
    const { code, stdout } = await zeroCode.run(args, settings(url));
    expect(stdout).toContain('Leaks: No issues');
    expect(stdout).toContain('1 tests');
    expect(code).toBe(0);
  });

  it.each(['node', 'jsdom'])(
    'jest --detectOpenHandles names nothing, and logs arrive: %s',
    async (environment) => {
      const url = await metricsServer();
      const folder = `jest-${environment}-${worker}`;
      zeroCode.write(`${folder}/package.json`, '{}');
      zeroCode.write(
        `${folder}/a.test.js`,
        `/** @jest-environment ${tool(`jest-environment-${environment}`)} */
      ${exchange(url)}
      const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');
      test('answers', async () => {
        const readme = new ReadmeInstrumentation();
        await exchange();
        await readme.shutdown();
        expect(readme.stats()).toMatchObject({ delivered: 2, dropped: {} });
      }, ${NEVER});
      test('makes another, and leaves it', () => { new ReadmeInstrumentation().disable(); });`,
      );
      const jest = tool('jest/bin/jest.js');
      const args = [jest, '--rootDir', folder, '--detectOpenHandles', '--forceExit'];
      const { code, stdout, stderr } = await zeroCode.run(args, settings(url));
      expect(stderr).toContain('2 passed');
      expect(stdout + stderr).not.toMatch(/open handle|ReadmeMetrics/);
      expect(code).toBe(0);
    },
  );
});
