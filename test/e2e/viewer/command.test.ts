import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { POLL } from '../../support/patience';
import { logOf, postLogs } from '../../support/viewer-logs';

const ROOT = resolve(import.meta.dirname, '../../..');
const RUN = "require('./dist/local/viewer/run-viewer.js').runViewer(process.argv.slice(1))";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts the command, and waits until it listens or has ended. */
async function run(...args: string[]) {
  const child = spawn(process.execPath, ['-e', RUN, '--', ...args], { cwd: ROOT });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.on('data', (text) => {
    output.stderr += text;
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const closed = once(child, 'close');
  await expect
    .poll(() => child.exitCode !== null || output.stdout.includes('Ctrl-C'), POLL)
    .toBe(true);
  if (child.exitCode !== null) await closed;
  const url = /shown at (\S+)/.exec(output.stdout)?.[1] ?? '';
  return { child, output, ended, url };
}

it('says where the page is, and how an application sends its logs there', async () => {
  const { url, output } = await run('--port', '0');
  expect(output.stdout).toContain(`README_METRICS_SERVER=${url} README_API_KEY=any-key`);
  expect(await (await fetch(url)).text()).toContain('<title>Log viewer</title>');
});

it.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it at once, also with a page open',
  async (signal) => {
    const { child, url, ended } = await run('--port', '0');
    const page = await fetch(`${url}/viewer/events`);
    child.kill(signal);
    expect(await ended).toEqual([0, null]);
    await page.body?.cancel().catch(() => {});
  },
);

it('keeps logs in a file from one run to the next', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'viewer-'));
  try {
    const file = join(folder, 'logs.jsonl');
    const first = await run('--port', '0', '--file', file);
    await postLogs(first.url, [logOf({ id: 'kept' })]);
    first.child.kill('SIGKILL');
    await first.ended;

    const second = await run('--port', '0', '--file', file);
    expect(second.output.stdout).toContain(`Kept in ${file}, 1 so far.`);
    expect(await (await fetch(`${second.url}/viewer/logs/0`)).json()).toMatchObject({
      _id: 'kept',
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('says what to do when the port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { output, ended } = await run('--port', String(port));
  other.close();
  expect(await ended).toEqual([1, null]);
  expect(output.stderr).toBe(
    `Port ${port} on 127.0.0.1 is taken, perhaps by a viewer that runs already.\n` +
      `Open http://127.0.0.1:${port} to see, or choose another port: --port ${port + 1}, or --port 0 for any free one.\n`,
  );
});

it('says what to do when the file cannot be used', async () => {
  const { output, ended } = await run('--port', '0', '--file', '/no/such/folder/logs.jsonl');
  expect(await ended).toEqual([1, null]);
  expect(output.stderr).toContain('--file /no/such/folder/logs.jsonl cannot be used: ENOENT');
});

it.each([
  [['--port', 'x'], '--port must be a whole number from 0 to 65535, not "x"'],
  [['--port', '70000'], '--port must be a whole number from 0 to 65535, not "70000"'],
  [['--max-logs', '0'], '--max-logs must be a whole number from 1 to 100000, not "0"'],
  [['--nope'], "Unknown option '--nope'"],
  [['page'], 'page'],
])('refuses %j', async (args, message) => {
  const { output, ended } = await run(...args);
  expect(await ended).toEqual([2, null]);
  expect(output.stderr).toContain(message);
  expect(output.stderr).toContain('viewer --help');
  expect(output.stderr).not.toContain('    at ');
});

it('--help tells the options and the default port', async () => {
  const { output, ended } = await run('--help');
  expect(await ended).toEqual([0, null]);
  for (const word of ['--port', '4319', '--max-logs', '10000', '--file']) {
    expect(output.stdout).toContain(word);
  }
});
