import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ReadmeOptions } from '../../src/index';
import { closeServer, entryOf, startObserver } from '../support/observe';

const FORWARDED = {
  Host: 'internal',
  'X-Forwarded-For': '192.0.2.1, 203.0.113.7',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Host': 'api.example.com',
};

async function logOver(trustProxy: ReadmeOptions['trustProxy']) {
  const observer = await startObserver({ ...(trustProxy !== undefined && { trustProxy }) });
  const folder = mkdtempSync(join(tmpdir(), 'readme-unix-'));
  const socketPath = join(folder, 'api');
  const server = createServer((_req, res) => void res.end('ok'));
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  await new Promise<void>((resolve) => {
    request({ socketPath, headers: { ...FORWARDED, Connection: 'close' } }, (answer) => {
      answer.resume().on('end', resolve);
    }).end();
  });
  const [log] = await observer.logs();
  await closeServer(server);
  await observer.stop();
  rmSync(folder, { recursive: true });
  return [log?.clientIPAddress, entryOf(log).request.url];
}

it.skipIf(process.platform === 'win32').each([
  [true, '192.0.2.1', 'https://api.example.com/'],
  [1, '203.0.113.7', 'https://api.example.com/'],
  [2, '192.0.2.1', 'https://api.example.com/'],
  [() => true, '192.0.2.1', 'https://api.example.com/'],
  // As in Express: these are names of addresses, and a Unix socket has none.
  ['loopback', '', 'http://internal/'],
  [false, '', 'http://internal/'],
  [0, '', 'http://internal/'],
] as const)(
  'a proxy that comes over a Unix socket is believed with trustProxy %s',
  async (trustProxy, address, url) => {
    expect(await logOver(trustProxy)).toEqual([address, url]);
  },
);
