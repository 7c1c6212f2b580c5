import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const { SECRETS, TRAFFIC } = createRequire(import.meta.url)('../../examples/demo/traffic.js') as {
  SECRETS: string[];
  TRAFFIC: { title: string }[];
};

/** Runs `examples/demo/demo.js` on `dist`, as `npm run demo` does, without any setting from outside. */
function runDemo(): Promise<{ code: number; stdout: string; stderr: string }> {
  const own = Object.entries(process.env).filter(([name]) => !/^(OTEL|README)_/.test(name));
  const options = { cwd: ROOT, env: Object.fromEntries(own), timeout: 15_000 };
  return new Promise((done) => {
    execFile(process.execPath, ['examples/demo/demo.js'], options, (error, stdout, stderr) => {
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
  expect(stdout).toContain(`{"delivered":${TRAFFIC.length},"dropped":{}}`);
  for (const secret of SECRETS) expect(stdout).not.toContain(secret);
  // Not a terminal: no colours.
  expect(stdout).not.toContain('\x1b');
});
