import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { PATIENCE_MILLIS, PATIENT_ENV, POLL } from '../support/patience';

const ROOT = resolve(import.meta.dirname, '../..');
const { SECRETS, TRAFFIC } = createRequire(import.meta.url)('../../examples/demo/traffic.js') as {
  SECRETS: string[];
  TRAFFIC: { title: string }[];
};

/** Without any setting from outside, but for deadlines. */
const own = Object.entries(process.env).filter(([name]) => !/^(OTEL|README)_/.test(name));
const env = { ...Object.fromEntries(own), ...PATIENT_ENV };

/** Runs `examples/demo/demo.js` on `dist`, as `npm run demo -- --once` does. */
function runDemo(): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = { cwd: ROOT, env, timeout: PATIENCE_MILLIS };
  const args = ['examples/demo/demo.js', '--once'];
  return new Promise((done) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      // `code` is null, not absent, when the process was killed.
      done({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

it('the demo shows every log, finds all as it should be, and shows no secret', async () => {
  const { code, stdout, stderr } = await runDemo();

  expect(stderr).toBe('');
  expect(stdout).not.toContain('FAILED');
  expect(code).toBe(0);
  for (const { title } of TRAFFIC) expect(stdout).toContain(title);
  expect(stdout.match(/^ {2}caller .+, sha512-.{8}…\?.{4}$/gm)).toHaveLength(TRAFFIC.length);
  expect(stdout.match(/^ {2}comment {3}trace-id: [0-9a-f]{32}$/gm)).toHaveLength(TRAFFIC.length);
  expect(stdout).toContain('"card": "[REDACTED 16]"');
  expect(stdout).toContain('x-card-token: [REDACTED 20]');
  expect(stdout).toContain('?card=%5BREDACTED%2016%5D&limit=10');
  expect(stdout).toContain('(truncated: 2048 of ');
  expect(stdout).toContain('aborted: the connection closed');
  expect(stdout).toContain(`{"delivered":${TRAFFIC.length},"dropped":{},`);
  for (const secret of SECRETS) expect(stdout).not.toContain(secret);
  // Not a terminal: no colours.
  expect(stdout).not.toContain('\x1b');
});

it('the demo stays until it is interrupted, with its logs in the browser', async () => {
  const demo = spawn(process.execPath, ['examples/demo/demo.js'], { cwd: ROOT, env });
  try {
    let stdout = '';
    demo.stdout.on('data', (text) => {
      stdout += text;
    });
    await expect.poll(() => stdout, POLL).toContain('Ctrl-C ends the demo');
    const url = /Look at them at (\S+),/.exec(stdout)?.[1];
    expect(await (await fetch(`${url}/`)).text()).toContain('<title>Log viewer</title>');
    const har = (await (await fetch(`${url}/viewer/logs.har`)).json()) as {
      log: { entries: unknown[] };
    };
    expect(har.log.entries).toHaveLength(TRAFFIC.length);

    const exit = once(demo, 'exit');
    demo.kill('SIGINT');
    expect(await exit).toEqual([0, null]);
  } finally {
    demo.kill('SIGKILL');
  }
});
