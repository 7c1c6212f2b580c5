import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { causeOf } from '../../../src/zero-code/cause';
import { packedProject } from '../../support/packed-project';
import { helloApp, REGISTER, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('not-started');
const env = { README_API_KEY: 'key-of-tests' };
/** Asks itself, and ends. */
const ASK = `server.once('listening', () =>
  require('http').get({ host: '127.0.0.1', port: server.address().port, agent: false }, (response) =>
    response.resume().on('end', () => { console.log('answered'); server.close(); })));`;

let alone: string;
beforeAll(async () => {
  zeroCode.write('hello.cjs', helloApp('cjs', ASK));
  // Where no folder above has the peer.
  alone = realpathSync(mkdtempSync(join(tmpdir(), 'readme-alone-')));
  const installed = join(await packedProject(), 'node_modules/readme-metrics-opentelemetry');
  cpSync(installed, join(alone, 'node_modules/readme-metrics-opentelemetry'), { recursive: true });
});
afterAll(() => rmSync(alone, { recursive: true, force: true }));

describe('what keeps zero-code from starting is named, and the application answers', () => {
  it('a missing @opentelemetry/api, with the command that installs it', async () => {
    const register = join(alone, 'node_modules/readme-metrics-opentelemetry/dist/register.js');
    const run = await zeroCode.run(['--require', register, 'hello.cjs'], env);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/answered/) });
    expect(run.stderr).toMatch(
      /\[README_NOT_STARTED\] .*nothing is logged: the package @opentelemetry\/api is not installed\. .*npm install @opentelemetry\/api\n/,
    );
    expect(run.stderr).not.toMatch(/Require stack|\/dist\//);
  });

  it('an exception of what the application has put around functions of Node: name and first line', async () => {
    zeroCode.write(
      'hook.cjs',
      `const Module = require('module');
      const { _load } = Module;
      Module._load = function (name, ...rest) {
        if (name.endsWith('zero-code/start')) throw new RangeError('our loader is broken\\nsecond line');
        return _load.call(this, name, ...rest);
      };`,
    );
    const flags = ['--require', './hook.cjs', '--require', REGISTER];
    const run = await zeroCode.run([...flags, 'hello.cjs'], env);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/answered/) });
    expect(run.stderr).toMatch(
      /\[README_NOT_STARTED\] .*nothing is logged: RangeError: our loader is broken\n/,
    );
  });
});

describe('the cause', () => {
  const notFound = (message: string, code = 'MODULE_NOT_FOUND') =>
    Object.assign(new Error(message), { code });

  it.each([
    [
      'of Yarn',
      notFound(
        "readme-metrics-opentelemetry tried to access @opentelemetry/api (a peer dependency) but it isn't provided by its ancestors; this makes the require call ambiguous.\n\nRequired package: …",
      ),
      'the package @opentelemetry/api is not installed. Install it beside this one: npm install @opentelemetry/api',
    ],
    [
      'of an ES module',
      notFound("Cannot find package 'undici' imported from /app/x.mjs", 'ERR_MODULE_NOT_FOUND'),
      'the package undici is not installed. Deploy this package with all its dependencies',
    ],
    [
      'a file of ours that is not there',
      notFound("Cannot find module './zero-code/start'\nRequire stack:\n- /app/register.js"),
      "Error: Cannot find module './zero-code/start'",
    ],
    [
      'an error with a password in a URL',
      new TypeError('bad http://u:p@host\x1b[2J'),
      'TypeError: bad http://…@host [2J',
    ],
    ['no error', 'text', 'string thrown'],
    ['nothing', undefined, 'undefined thrown'],
  ])('%s', (_what, error, expected) => {
    expect(causeOf(error)).toBe(expected);
  });
});
