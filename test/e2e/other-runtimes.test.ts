import { beforeAll, describe, expect, it } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/packed-project';
import { PATIENT_ENV } from '../support/patience';
import { programFrom } from '../support/program-cache.mjs';
import { pathsOf, useZeroCode } from '../support/zero-code';

const find = (spec: string, file: string) => programFrom(spec, file).catch(() => undefined);
const bun = await find('bun@1', 'bin/bun.exe');
const deno = await find('deno@2', 'deno');
for (const [name, path] of Object.entries({ Bun: bun, Deno: deno })) {
  if (path === undefined && process.env.CI)
    throw new Error(`${name} cannot be had from the registry`);
  if (path === undefined) console.warn(`Without a registry, tests on ${name} are skipped.`);
}

const project = useZeroCode('other-runtimes');
const REGISTER_FILE = '../node_modules/readme-metrics-opentelemetry/dist/register.js';
/** Asks itself with a body, and ends by itself. */
const APP = `
import { createServer } from 'node:http';
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  response.setHeader('content-type', 'application/json').end(body);
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const answer = await fetch('http://127.0.0.1:' + port + '/orders?card=1', {
    method: 'POST', body: '{"password":"secret","amount":5}', headers: { 'content-type': 'application/json' },
  });
  console.log(await answer.text());
  if (process.env.SIGNAL) process.kill(process.pid, process.env.SIGNAL);
  server.close();
  server.closeAllConnections();
});`;

beforeAll(() => {
  project.write('app.mjs', APP);
  project.write('imports.mjs', `import 'readme-metrics-opentelemetry/register';${APP}`);
  project.write(
    'library.mjs',
    `import { ReadmeInstrumentation } from 'readme-metrics-opentelemetry';
    new ReadmeInstrumentation();${APP}`,
  );
  project.write(
    'hooks.mjs',
    `import { readmeHttpHooks, ReadmeSpanExporter, ReadmeSpanProcessor } from 'readme-metrics-opentelemetry';
    readmeHttpHooks(); new ReadmeSpanExporter(); new ReadmeSpanProcessor();${APP}`,
  );
}, INSTALL_TIMEOUT);

async function run(command: string, args: string[], more: NodeJS.ProcessEnv = {}) {
  const metrics = await project.metricsServer();
  const env = {
    ...PATIENT_ENV,
    README_API_KEY: 'key-of-tests',
    README_METRICS_SERVER: metrics.url,
    README_DENYLIST: 'password,card',
    ...more,
  };
  return { ...(await project.run(args, env, command)), logs: metrics.logs };
}

describe.skipIf(deno === undefined)('on Deno, servers of node:http are logged', () => {
  const PERMISSIONS = ['--no-prompt', '--allow-net', '--allow-env', '--allow-read'];
  const ways: [string, string[], NodeJS.ProcessEnv][] = [
    ['register before the application', ['--require', REGISTER_FILE, 'app.mjs'], {}],
    ['an import in the application', ['imports.mjs'], {}],
    ['ReadmeInstrumentation', ['library.mjs'], {}],
    [
      'without the worker thread',
      ['--require', REGISTER_FILE, 'app.mjs'],
      { README_BACKGROUND_WORKER_MODE: 'false' },
    ],
  ];
  it.each(ways)('with %s', async (_how, args, env) => {
    const { code, stdout, stderr, logs } = await run(
      deno as string,
      ['run', ...PERMISSIONS, ...args],
      env,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"password":"secret","amount":5}\n' });
    expect(stderr).toBe('');
    expect(pathsOf(logs)).toEqual(['/orders']);
    const text = JSON.stringify(logs);
    expect(text).toContain('amount');
    expect(text).not.toContain('secret');
    expect(text).not.toContain('card=1');
    expect(logs[0]?.request.log.entries[0].response.status).toBe(200);
  });

  it('the last logs are delivered when SIGTERM ends it', async () => {
    const args = ['run', ...PERMISSIONS, '--allow-run', '--require', REGISTER_FILE, 'app.mjs'];
    const { code, logs } = await run(deno as string, args, { SIGNAL: 'SIGTERM' });
    expect(code).toBe(143);
    expect(pathsOf(logs)).toEqual(['/orders']);
  });
});

describe.skipIf(bun === undefined)('on Bun, one line says that nothing is logged', () => {
  it.each([
    ['register', ['--preload', 'readme-metrics-opentelemetry/register', 'app.mjs'], 1],
    ['ReadmeInstrumentation', ['library.mjs'], 1],
    ['readmeHttpHooks', ['hooks.mjs'], 1],
  ])('with %s, and the application runs as ever', async (_how, args, lines) => {
    const { code, stdout, stderr, logs } = await run(bun as string, args);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"password":"secret","amount":5}\n' });
    expect(stderr.match(/README_/g)).toHaveLength(lines);
    expect(stderr).toMatch(
      /\[README_RUNTIME_UNSUPPORTED\] .*nothing is logged on Bun.*Node\.js, or with Deno/,
    );
    expect(logs).toEqual([]);
  });
});
