import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packedProject } from '../support/packed-project';
import { PATIENCE_MILLIS } from '../support/patience';
import { runToEnd } from '../support/spawned-app';
import { FORMATS, helloApp, pathsOf, REGISTER, useZeroCode } from '../support/zero-code';

const zeroCode = useZeroCode('without-a-trace');
const WORKER_MODES = ['true', 'false'];
const README = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');
const elsewhere = mkdtempSync(join(tmpdir(), 'readme-elsewhere-'));
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

describe.concurrent('without the worker thread', () => {
  const code = (before: string) => `
    const { subscribe } = require('node:diagnostics_channel');
    const published = [];
    for (const name of ['undici:request:create', 'undici:client:beforeConnect', 'undici:client:connected',
      'undici:client:sendHeaders', 'undici:request:bodySent', 'undici:request:headers',
      'undici:request:trailers', 'http.client.request.start']) {
      subscribe(name, () => published.push(name));
    }
    ${before}
    const keys = Reflect.ownKeys(globalThis);
    server.on('request', (request) => {
      if (request.url !== '/look') return;
      // What Node's own fetch puts there when it is first used: it has to be there before ours is loaded.
      void globalThis.Response;
      const ofFetch = /^Symbol\\(undici\\.globalDispatcher/;
      const added = Reflect.ownKeys(globalThis).filter((key) => !keys.includes(key)).map(String)
        .filter((name) => !ofFetch.test(name));
      console.log(JSON.stringify({ published, added }));
    });`;

  it.each([
    ['undici of its own, loaded before', `require('undici');`],
    ['none of its own', ''],
  ])(
    'requests to ReadMe are seen by no subscriber, and nothing is global: %s',
    async (name, own) => {
      const file = `undici-${name.length}.cjs`;
      zeroCode.write(file, helloApp('cjs', code(own)));
      const env = { README_BACKGROUND_WORKER_MODE: 'false', README_BUFFER_LENGTH: '1' };
      const app = await zeroCode.start(file, { env });
      for (const [index, path] of ['/a', '/b', '/c'].entries()) {
        await app.get(path);
        await app.metrics.waitForLogs(index + 1, PATIENCE_MILLIS);
      }
      await app.get('/look');
      expect(await app.end()).toBe(143);
      expect(JSON.parse(app.stdout.trim().split('\n')[1] as string)).toEqual({
        published: [],
        added: [],
      });
      expect(pathsOf(app.metrics.logs)).toEqual(['/a', '/b', '/c', '/look']);
    },
  );

  it('the application’s undici is its own, and its subscribers see its requests', async () => {
    zeroCode.write(
      'own-undici.cjs',
      helloApp(
        'cjs',
        `const { subscribe } = require('node:diagnostics_channel');
        const published = [];
        subscribe('undici:request:create', ({ request }) => published.push(request.path));
        server.on('request', async (request) => {
          if (request.url !== '/ask') return;
          const { request: ask } = require('undici');
          await (await ask('http://127.0.0.1:' + server.address().port + '/asked')).body.dump();
          console.log(JSON.stringify(published));
          server.close();
          server.closeAllConnections();
          setTimeout(() => process.exit(), 10);
        });`,
      ),
    );
    const env = { README_BACKGROUND_WORKER_MODE: 'false', README_BUFFER_LENGTH: '1' };
    const app = await zeroCode.start('own-undici.cjs', { env });
    await app.get('/a');
    await app.metrics.waitForLogs(1, PATIENCE_MILLIS);
    await app.get('/ask');
    expect(await app.exit).toBe(0);
    expect(app.stdout).toContain('["/asked"]');
  });
});

describe.concurrent.each(WORKER_MODES)('with README_BACKGROUND_WORKER_MODE=%s', (worker) => {
  it('an application in a domain that it never leaves sees no deprecation', async () => {
    const file = `domain-${worker}.cjs`;
    zeroCode.write(
      file,
      `require('domain').create().enter();
      ${helloApp('cjs', `setInterval(() => {}, 1000);`)}`,
    );
    const app = await zeroCode.start(file, {
      flags: ['--throw-deprecation', '--require', REGISTER],
      env: {
        README_BACKGROUND_WORKER_MODE: worker,
        README_BUFFER_LENGTH: '1',
        README_BASE_LOG_URL: 'auto',
        README_DASH_SERVER: 'http://127.0.0.1:1',
        README_SPOOL_DIRECTORY: join(zeroCode.folder, `spool-${worker}`),
      },
    });
    for (const path of ['/a', '/b']) await app.get(path);
    await app.metrics.waitForLogs(2, PATIENCE_MILLIS);
    await app.get('/c');
    expect(app.stderr).toBe('');
    // A signal is what Node itself emits with the domain, and would be deprecated without us too.
    expect(await app.end('SIGKILL')).toBe(137);
  });
});

describe.concurrent('the NODE_OPTIONS of the README', () => {
  it.each(FORMATS)(
    'logs an application, and breaks no process in another folder: %s',
    async (format) => {
      const line = /^ *(export NODE_OPTIONS=.*)$/m.exec(README)?.[1] as string;
      const project = join(await packedProject());
      const { stdout } = await runToEnd(
        ['-c', `${line}; printf %s "$NODE_OPTIONS"`],
        { cwd: project },
        'sh',
      );
      expect(stdout).toContain('register');
      const env = { NODE_OPTIONS: stdout, README_BUFFER_LENGTH: '1' };
      const child = `require('child_process').execFileSync(process.execPath, ['-p', '"child"'], {
      cwd: ${JSON.stringify(elsewhere)}, stdio: 'inherit' });`;
      const text =
        format === 'cjs'
          ? child
          : `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); ${child}`;
      zeroCode.write(`options.${format}`, `${text}\n${helloApp(format)}`);
      const app = await zeroCode.start(`options.${format}`, { flags: [], env });
      expect(app.stdout).toContain('child');
      await app.get('/a');
      await app.metrics.waitForLogs(1, PATIENCE_MILLIS);
      expect(await app.end()).toBe(143);
      expect(app.stderr).toBe('');
    },
  );

  it('ends no process of an older Node.js, which has no subscribe()', async () => {
    const older = `delete require('node:diagnostics_channel').subscribe;`;
    const code = `${older} require(${JSON.stringify(REGISTER)}); console.log('lives');`;
    const ran = await zeroCode.run(['-e', code]);
    expect(ran).toEqual({ code: 0, stdout: 'lives\n', stderr: '' });
  });
});
