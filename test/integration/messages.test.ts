import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReadmeInstrumentation, type ReadmeOptions } from '../../src/index';
import { closeServer, listen, serve } from '../support/observe';
import { rounds, until } from '../support/patience';
import { collectWarnings } from '../support/warnings';

const PROJECT_KEY = 'rdme_project_key_0123456789';
const SECRETS = [
  'BODYSECRET',
  'caller-key-0123456789',
  PROJECT_KEY,
  Buffer.from(`${PROJECT_KEY}:`).toString('base64'),
  '\x1b',
  'pwn',
];

const warnings = collectWarnings();
let said: string[];

beforeEach(() => {
  said = [];
  const say = (text: string) => said.push(text);
  diag.setLogger({ error: say, warn: say, info: say, debug: say, verbose: say }, DiagLogLevel.ALL);
});
afterEach(() => diag.disable());

/** One exchange with a body is logged to that server. */
async function logTo(url: string, expected: RegExp, options: ReadmeOptions = {}): Promise<void> {
  const app = await serve((_req, res) => res.end('BODYSECRET'));
  const readme = new ReadmeInstrumentation({
    apiKey: PROJECT_KEY,
    metricsServer: url,
    exitTimeoutMillis: 100,
    allowedHttpHosts: [`127.0.0.1:${app.port}`],
    ...options,
  });
  const headers = { authorization: 'Bearer caller-key-0123456789', 'x-secret': 'BODYSECRET' };
  await (
    await fetch(`http://127.0.0.1:${app.port}/?a=BODYSECRET`, {
      method: 'POST',
      headers,
      body: 'BODYSECRET',
    })
  ).text();
  await rounds();
  readme.forceFlush().catch(() => {});
  await until(() =>
    [...said, ...warnings.map(({ message }) => message)].some((text) => expected.test(text)),
  );
  await readme.shutdown();
  await rounds();
  await app.close();
  said.push(...warnings.map(({ message }) => message));
}

function expectNothingSaidOf(): void {
  expect(said.length).toBeGreaterThan(0);
  for (const secret of SECRETS) expect(said.filter((text) => text.includes(secret))).toEqual([]);
}

describe('what a hostile metrics server answers does not get into messages', () => {
  type Answer = (body: string, authorization: string, response: ServerResponse) => void;
  const json =
    (status: number, message: (body: string, auth: string) => string): Answer =>
    (body, auth, response) =>
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: message(body, auth), message: message(body, auth) }));
  const answers: [string, Answer][] = [
    ['the body that it was sent', json(400, (body) => body.slice(0, 50_000))],
    ['a word of it', json(400, () => 'invalid BODYSECRET')],
    ['our Authorization', json(401, (_body, auth) => auth)],
    ['the key in it', json(403, () => `the key ${PROJECT_KEY} is wrong`)],
    ['control sequences', json(401, () => '\x1b]0;pwn\x07\x1b[2J')],
    ['the same with 503', json(503, () => '\x1b]0;pwn\x07\x1b[2J BODYSECRET')],
    [
      'no JSON',
      (_body, _auth, response) => response.writeHead(401).end('{"message":"BODYSECRET\x1b'),
    ],
    ['a status text', (_body, _auth, response) => response.writeHead(400, 'BODYSECRET pwn').end()],
    [
      'a location',
      (_body, _auth, response) =>
        response.writeHead(302, { location: 'http://BODYSECRET:pwn@h' }).end(),
    ],
  ];
  it.each(answers)('%s', async (_what, answer) => {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () =>
        answer(Buffer.concat(chunks).toString(), request.headers.authorization ?? '', response),
      );
    });
    const port = await listen(server);
    await logTo(`http://127.0.0.1:${port}`, /HTTP [345]\d\d/);
    await closeServer(server);
    expectNothingSaidOf();
  });

  it('bytes that are no HTTP', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end('BODYSECRET \x1b]0;pwn\x07 HTTP/1.1\r\n\r\n'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await logTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, /sent again: /);
    server.close();
    expectNothingSaidOf();
  });
});

describe('nor what ReadMe’s API answers to baseLogUrl "auto"', () => {
  it.each([
    'BODYSECRET \x1b]0;pwn\x07',
    '{"baseUrl":"BODYSECRET"}',
    '{"baseUrl":"http://BODYSECRET:pwn@[h"}',
    'null',
  ])('%j', async (answer) => {
    const dash = createServer((request, response) => {
      request.resume();
      response.end(answer);
    });
    const dashServer = `http://127.0.0.1:${await listen(dash)}`;
    await logTo(dashServer, /did not return the base URL/, { baseLogUrl: 'auto', dashServer });
    await until(() => said.some((text) => text.includes('did not return the base URL')));
    await closeServer(dash);
    expectNothingSaidOf();
  });
});
