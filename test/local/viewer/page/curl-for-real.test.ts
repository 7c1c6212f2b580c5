import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toCurl } from '../../../../src/local/viewer/page/curl.mjs';
import { closeServer, listen } from '../../../support/observe';
import { type LogParts, logOf } from '../../../support/viewer-logs';

interface Received {
  method: string | undefined;
  url: string | undefined;
  rawHeaders: string[];
  body: Buffer;
}
const received: Received[] = [];
const server = createServer(async (req, res) => {
  const { method, url, rawHeaders } = req;
  received.push({ method, url, rawHeaders, body: await buffer(req) });
  res.end();
});
const folder = mkdtempSync(join(tmpdir(), 'readme-curl-'));
let origin = '';

beforeAll(async () => {
  origin = `http://127.0.0.1:${await listen(server)}`;
  writeFileSync(join(folder, 'secret'), 'OF-THE-READER');
});
afterAll(async () => {
  await closeServer(server);
  rmSync(folder, { recursive: true, force: true });
});

/** What a server gets of the command; nothing when curl sent nothing. */
async function sentBy(path: string, parts: LogParts): Promise<Received | undefined> {
  received.length = 0;
  const command = toCurl(logOf({ ...parts, url: origin + path }).request.log.entries[0]);
  const env = { ...process.env, HOME: folder, no_proxy: '*' };
  await promisify(execFile)('sh', ['-c', command], { cwd: folder, env }).catch(() => undefined);
  return received[0];
}

const test = it.skipIf(!hasCurl());

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version']);
    return true;
  } catch {
    console.warn('No curl on this machine: tests with it are skipped.');
    return false;
  }
}

test.each([
  '-o out',
  '@secret',
  '<secret',
  'a\0b\x07\n\n',
  '!\\%s',
  "'; exit 1; '",
  '{"é":"🦉"}',
  ' ',
])('curl sends the body %j as it is', async (text) => {
  const postData = { mimeType: 'text/plain', text };
  const sent = await sentBy('/', { method: 'POST', request: { postData } });
  expect(sent?.body.toString()).toBe(text);
});

test('curl sends path, method and header fields as they are', async () => {
  const headers = [
    { name: '-o', value: 'out' },
    { name: 'X-Empty', value: '' },
    { name: 'X-At', value: '@secret' },
    { name: 'X-Semicolon', value: 'a;' },
    { name: 'X-Latin1', value: 'caf\xe9\t!' },
  ];
  const got = await sentBy('/a/../[1-2]{b,c}?x[]=1', { method: 'PATCH', request: { headers } });
  expect(received).toHaveLength(1);
  expect([got?.method, got?.url]).toEqual(['PATCH', '/a/../[1-2]{b,c}?x[]=1']);
  for (const { name, value } of headers) {
    expect(got?.rawHeaders[got.rawHeaders.indexOf(name) + 1]).toBe(value);
  }
});

test.each([
  { name: 'x', value: '@secret' },
  { name: 'x', value: '<secret' },
  { name: 'x', value: '1;type=text/plain;filename=secret' },
  { name: 'x=@secret;type=a/b', value: '1' },
  { name: 'x=@secret;type=a/b', value: 'data:', fileName: 'cat.png' },
  { name: 'x=<secret', value: '1' },
  { name: 'x', value: 'data:', fileName: 'secret' },
])('curl uploads no file of the reader for the field %j', async (param) => {
  const params = [{ name: 'first', value: '1' }, param];
  const mimeType = 'multipart/form-data; boundary=b';
  const request = { postData: { mimeType, params } };
  const sent = await sentBy('/', { method: 'POST', request });
  expect(sent?.body.toString() ?? '').not.toContain('OF-THE-READER');
  // Where the reader has to name a file, nothing is sent before that.
  if (param.fileName === undefined || param.name !== 'x') {
    expect(sent?.body.toString()).toContain('name="first"');
  } else expect(sent).toBeUndefined();
});
