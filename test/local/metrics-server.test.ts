import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import {
  type LocalMetricsServer,
  type LocalMetricsServerOptions,
  type ReceivedLog,
  startLocalMetricsServer,
} from '../../src/local/metrics-server';
import { PATIENCE_MILLIS, rounds } from '../support/patience';

const running: LocalMetricsServer[] = [];

async function start(options?: LocalMetricsServerOptions): Promise<LocalMetricsServer> {
  const server = await startLocalMetricsServer(options);
  running.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

function log(id: string): ReceivedLog {
  const message = { httpVersion: 'HTTP/1.1', headers: [], cookies: [], headersSize: -1 };
  return {
    _id: id,
    _version: 3,
    clientIPAddress: '127.0.0.1',
    development: true,
    group: { id: 'sha512-abc?-key' },
    request: {
      log: {
        version: '1.2',
        creator: { name: 'readme-metrics (node)', version: '0.1.0', comment: '' },
        entries: [
          {
            pageref: 'http://localhost/',
            startedDateTime: '2026-01-01T00:00:00.000Z',
            time: 1,
            request: {
              ...message,
              method: 'GET',
              url: 'http://localhost/',
              queryString: [],
              bodySize: 0,
            },
            response: {
              ...message,
              status: 200,
              statusText: 'OK',
              redirectURL: '',
              bodySize: 0,
              content: { size: 0, mimeType: 'text/plain' },
            },
            cache: {},
            timings: { send: 0, wait: 1, receive: 0 },
          },
        ],
      },
    },
  };
}

function post(
  server: LocalMetricsServer,
  body: unknown,
  headers: Record<string, string> = { Authorization: basic('rdme_secret-key') },
): Promise<Response> {
  return fetch(`${server.url}/v1/request`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

function basic(apiKey: string): string {
  return `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`;
}

it('answers 202 and keeps the logs in the order in which they came', async () => {
  const seen: string[] = [];
  const server = await start({ onLog: ({ _id }) => seen.push(_id) });

  const response = await post(server, [log('a'), log('b')]);
  expect(response.status).toBe(202);
  expect(await response.text()).toBe('');
  await post(server, [log('c')]);

  expect(server.logs).toEqual([log('a'), log('b'), log('c')]);
  expect(seen).toEqual(['a', 'b', 'c']);
});

it('notes size, number of logs and headers of a request, and of the API key only the ending', async () => {
  const server = await start();
  const body = JSON.stringify([log('é')]);
  const before = Date.now();
  await post(server, body, { Authorization: basic('rdme_secret-key'), 'User-Agent': 'x/1' });
  await post(server, body, { Authorization: basic('short') });

  expect(server.requests).toHaveLength(2);
  const [request, second] = server.requests;
  expect(request).toMatchObject({
    authorized: true,
    apiKeyEnding: '-key',
    logCount: 1,
    bytes: Buffer.byteLength(body),
    status: 202,
  });
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'user-agent': 'x/1',
  });
  expect(request?.receivedAt).toBeGreaterThanOrEqual(before);
  expect(request?.receivedAt).toBeLessThanOrEqual(Date.now());
  expect(second).toMatchObject({ authorized: true, apiKeyEnding: '' });
  expect(JSON.stringify(server.requests)).not.toMatch(/secret|short|authorization|Basic/);
});

it.each([
  ['no header', {}],
  ['another scheme', { Authorization: 'Bearer rdme_secret-key' }],
  ['an empty user name', { Authorization: basic('') }],
  ['no credentials', { Authorization: 'Basic' }],
])('answers 401 to a request without an API key: %s', async (_, headers) => {
  const server = await start();
  const response = await post(server, [log('a')], headers as Record<string, string>);

  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Basic');
  expect(await response.json()).toEqual({ error: expect.stringContaining('API key') });
  expect(server.logs).toEqual([]);
  expect(server.requests).toMatchObject([{ authorized: false, apiKeyEnding: '', status: 401 }]);
});

it.each([
  ['[{', 'The body is not JSON.'],
  [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'The body is nested more than 100 levels deep.'],
  ['', 'The body is not JSON.'],
  [log('a'), 'The body is not a JSON array.'],
  [[], 'The array holds no logs.'],
  [[log('a'), null], 'Log 1 of 2: not an object.'],
  [[{ ...log('a'), _id: 7 }], 'Log 0 of 1: _id is not a string.'],
  [[{ ...log('a'), group: {} }], 'Log 0 of 1: group.id is not a string.'],
  [[{ ...log('a'), request: null }], 'Log 0 of 1: request.log.entries holds no entry.'],
  [
    [{ ...log('a'), request: { log: { entries: [] } } }],
    'Log 0 of 1: request.log.entries holds no entry.',
  ],
])('answers 400 and says why to what is not an array of logs (%#)', async (body, error) => {
  const server = await start();
  const response = await post(server, body);

  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({ error });
  expect(server.logs).toEqual([]);
  expect(server.requests).toMatchObject([{ logCount: 0, status: 400 }]);
});

it('takes a body of 10 MiB and answers 413 to one byte more', async () => {
  const server = await start();
  const limit = 10 * 1024 * 1024;
  const full = JSON.stringify([log('a')]).padEnd(limit, ' ');

  expect((await post(server, full)).status).toBe(202);
  expect((await post(server, `${full} `)).status).toBe(413);
  expect((await post(server, `${full}${full}`)).status).toBe(413);
  expect(server.logs).toHaveLength(1);
  expect(server.requests.map(({ bytes }) => bytes)).toEqual([limit, limit + 1, 2 * limit]);
});

it('tells the address of the documentation', async () => {
  const standard = await start();
  const own = await start({ baseUrl: 'http://docs.test' });

  expect(await (await fetch(`${standard.url}/api/v1/`)).json()).toEqual({
    baseUrl: 'https://docs.example.com',
  });
  expect(await (await fetch(`${own.url}/api/v1`)).json()).toEqual({ baseUrl: 'http://docs.test' });
});

it('answers 404 to other paths and 405 to other methods', async () => {
  const server = await start();
  expect((await fetch(`${server.url}/v2/request`, { method: 'POST', body: '[]' })).status).toBe(
    404,
  );

  const get = await fetch(`${server.url}/v1/request?x=1`);
  expect(get.status).toBe(405);
  expect(get.headers.get('allow')).toBe('POST');
  expect((await fetch(`${server.url}/api/v1/`, { method: 'DELETE' })).status).toBe(405);
  expect(server.requests).toEqual([]);
});

it('can play a server that is down and comes back', async () => {
  let calls = 0;
  const server = await start({
    status: (request, logs) => {
      calls += 1;
      expect(request).toMatchObject({ logCount: 1, apiKeyEnding: '-key' });
      expect(logs).toEqual([log('a')]);
      if (calls === 1) return { status: 503, headers: { 'Retry-After': '2' }, body: 'busy' };
      if (calls === 2) return { status: 429, body: { error: 'slow down' } };
      return 200;
    },
  });

  const busy = await post(server, [log('a')]);
  expect([busy.status, busy.headers.get('retry-after'), await busy.text()]).toEqual([
    503,
    '2',
    'busy',
  ]);
  const limited = await post(server, [log('a')]);
  expect([limited.status, await limited.json()]).toEqual([429, { error: 'slow down' }]);
  expect(server.logs).toEqual([]);

  expect((await post(server, [log('a')])).status).toBe(200);
  expect(server.logs).toHaveLength(1);
  expect(server.requests.map(({ status }) => status)).toEqual([503, 429, 200]);
});

it('can answer every request with one status', async () => {
  const server = await start({ status: 500 });
  expect((await post(server, [log('a')])).status).toBe(500);
  expect(server.logs).toEqual([]);
});

it('waits before it answers, but not before it takes the logs', async () => {
  const server = await start({ delayMillis: 300 });
  const begin = performance.now();
  let answered = false;
  const response = post(server, [log('a')]).finally(() => {
    answered = true;
  });

  await server.waitForLogs(1, PATIENCE_MILLIS);
  expect(answered).toBe(false);
  expect((await response).status).toBe(202);
  expect(performance.now() - begin).toBeGreaterThan(290);
});

it('resolves waitForLogs with the first logs, now or later', async () => {
  const server = await start();
  const waiting = server.waitForLogs(2);
  await post(server, [log('a')]);
  await post(server, [log('b'), log('c')]);

  expect((await waiting).map(({ _id }) => _id)).toEqual(['a', 'b']);
  expect(await server.waitForLogs(1)).toEqual([log('a')]);
  expect(await server.waitForLogs(0)).toEqual([]);
});

it('says how many logs came when waitForLogs gives up', async () => {
  const server = await start({ maxLogs: 10 });
  await post(server, [log('a')]);

  await expect(server.waitForLogs(3, 30)).rejects.toThrow('1 of 3 logs arrived within 30 ms');
  await expect(server.waitForLogs(3, { timeoutMillis: 30 })).rejects.toThrow(
    '1 of 3 logs arrived within 30 ms',
  );
  for (const timeout of ['30', Number.NaN, -1, null, { timeoutMillis: '30' }]) {
    await expect(server.waitForLogs(1, timeout as never)).rejects.toThrow(/timeoutMillis/);
  }
  await expect(server.waitForLogs(11)).rejects.toThrow(RangeError);
  await expect(server.waitForLogs(0.5)).rejects.toThrow(RangeError);

  const waiting = server.waitForLogs(2);
  const rejected = expect(waiting).rejects.toThrow(
    '1 of 2 logs arrived before the server was closed',
  );
  await server.close();
  await rejected;
  await expect(server.waitForLogs(2)).rejects.toThrow('before the server was closed');
});

it('forgets logs and requests when cleared, in the same arrays', async () => {
  const server = await start({ maxLogs: 1 });
  const { logs, requests } = server;
  await post(server, [log('a'), log('b')]);
  server.clear();

  expect([logs, requests, server.droppedLogs]).toEqual([[], [], 0]);
  await post(server, [log('c')]);
  expect(logs).toEqual([log('c')]);
  expect(requests).toHaveLength(1);
});

it('keeps the newest maxLogs logs and requests and counts the logs it dropped', async () => {
  const server = await start({ maxLogs: 2 });
  await post(server, [log('a')]);
  await post(server, [log('b'), log('c')]);
  await post(server, [log('d')]);

  expect(server.logs.map(({ _id }) => _id)).toEqual(['c', 'd']);
  expect(server.droppedLogs).toBe(2);
  expect(server.requests.map(({ logCount }) => logCount)).toEqual([2, 1]);
});

/** Without a deadline of any connection: in some rounds of the event loop. */
async function expectClosedAtOnce(server: LocalMetricsServer): Promise<void> {
  let isClosed = false;
  const closed = Promise.all([server.close(), server.close()]).then(() => {
    isClosed = true;
  });
  await rounds();
  expect(isClosed).toBe(true);
  await closed;
}

it('closes at once, with connections open that are idle or kept alive', async () => {
  const server = await start();
  const idle = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {});
  await once(idle, 'connect');
  await (await post(server, [log('a')])).text();

  await expectClosedAtOnce(server);
  await expect(post(server, [log('b')])).rejects.toThrow();
});

it('closes at once, with answers due', async () => {
  const server = await start({ delayMillis: 60_000 });
  const unanswered = expect(post(server, [log('a')])).rejects.toThrow();
  await server.waitForLogs(1, PATIENCE_MILLIS);

  await expectClosedAtOnce(server);
  await unanswered;
});

it('does not mind a client that goes away in the middle of a request', async () => {
  const server = await start();
  const client = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(client, 'connect');
  client.write('POST /v1/request HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[{"_id":');
  await rounds();
  client.destroy();
  await once(client, 'close');

  expect((await post(server, [log('a')])).status).toBe(202);
  expect(server.requests).toHaveLength(1);
});

it('listens on 127.0.0.1 only, on the port it is given', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  await expect(startLocalMetricsServer({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  other.close();
  await once(other, 'close');
  const server = await start({ port });
  expect(server.url).toBe(`http://127.0.0.1:${port}`);
});

it.each([
  { maxLogs: 0 },
  { maxLogs: 1.5 },
  { delayMillis: -1 },
  { delayMillis: Number.NaN },
  { port: 70_000 },
])('rejects options that are out of range: %o', async (options) => {
  await expect(startLocalMetricsServer(options)).rejects.toThrow(RangeError);
});

it('answers 500 and lets the error out when a function it was given throws', async () => {
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const uncaught = once(process, 'uncaughtException');
  try {
    const server = await start({
      onLog: () => {
        throw new Error('from the test');
      },
    });
    expect((await post(server, [log('a')])).status).toBe(500);
    expect(await uncaught).toMatchObject([{ message: 'from the test' }, 'uncaughtException']);
  } finally {
    for (const listener of listeners) process.on('uncaughtException', listener);
  }
});
