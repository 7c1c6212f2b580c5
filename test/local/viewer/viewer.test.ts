import { request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import {
  type LocalMetricsServer,
  type LocalMetricsServerOptions,
  startLocalMetricsServer,
} from '../../../src/local/metrics-server';
import { validateHarLog } from '../../support/har-schema';
import { logOf, postLogs } from '../../support/viewer-logs';

const running: LocalMetricsServer[] = [];

async function start(options: LocalMetricsServerOptions = {}): Promise<LocalMetricsServer> {
  const server = await startLocalMetricsServer({ viewer: true, ...options });
  running.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** fetch() does not let a test choose Host and Sec-Fetch-Site. */
function ask(
  { url }: LocalMetricsServer,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(url);
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const authorization = `Basic ${Buffer.from('any-key:').toString('base64')}`;

it('serves the page beside the protocol, and neither page nor streams without the option', async () => {
  const server = await start();
  expect((await ask(server, '/')).body).toContain('<title>Log viewer</title>');
  expect((await ask(server, '/api/v1/')).status).toBe(200);
  expect((await postLogs(server.url, [logOf()])).status).toBe(202);
  expect(server.logs).toHaveLength(1);

  const plain = await start({ viewer: false });
  for (const path of ['/', '/viewer/events', '/viewer/logs.har', '/viewer/main.mjs']) {
    expect((await ask(plain, path)).status).toBe(404);
  }
});

it.each([
  ['a foreign name that leads here (DNS rebinding)', { host: 'evil.example' }],
  ['a name that only begins like one of ours', { host: '127.0.0.1.evil.example:4319' }],
  ['a page of another origin', { origin: 'http://evil.example' }],
  ['a page on another port of localhost', { origin: 'http://localhost:3000' }],
  ['a page in a sandbox', { origin: 'null' }],
  ['an element of a foreign page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ['an element of a page on another port', { 'sec-fetch-site': 'same-site' }],
])(
  'refuses to read, to receive and to clear for %s',
  async (_who, headers: Record<string, string>) => {
    const server = await start();
    await postLogs(server.url, [logOf()]);

    const body = JSON.stringify([logOf()]);
    for (const path of [
      '/viewer/logs/0',
      '/viewer/logs.har',
      '/viewer/events',
      '/viewer/search?q=a',
    ]) {
      expect((await ask(server, path, headers)).status).toBe(403);
    }
    const posted = await ask(server, '/v1/request', { ...headers, authorization }, 'POST', body);
    expect(posted.status).toBe(403);
    expect((await ask(server, '/viewer/logs', headers, 'DELETE')).status).toBe(403);
    expect(server.logs).toHaveLength(1);
  },
);

it('lets a link of a foreign page lead to the page, but to no log', async () => {
  const server = await start();
  await postLogs(server.url, [logOf()]);
  const link = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  };
  expect((await ask(server, '/', link)).status).toBe(200);
  expect((await ask(server, '/viewer/logs/0', link)).status).toBe(403);
  expect((await ask(server, '/', { ...link, 'sec-fetch-dest': 'iframe' })).status).toBe(403);
});

it('answers by either name of this machine, whatever the port of a tunnel', async () => {
  const server = await start();
  for (const host of ['127.0.0.1', 'localhost:8080', 'LOCALHOST', '[::1]:1']) {
    expect((await ask(server, '/', { host })).status).toBe(200);
  }
  const own = { host: 'localhost:8080', origin: 'http://localhost:8080' };
  expect((await ask(server, '/viewer/logs', own, 'DELETE')).status).toBe(204);
});

it('gives everything a policy that allows nothing inline and nothing from elsewhere', async () => {
  const server = await start();
  await postLogs(server.url, [logOf()]);
  for (const path of ['/', '/viewer/main.mjs', '/viewer/logs/0', '/viewer/logs.har', '/nothing']) {
    const { headers } = await ask(server, path);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
    });
  }
});

it.each([
  '/viewer/../../package.json',
  '/viewer/%2e%2e/run-viewer.js',
  '/viewer/',
  '//',
  '/viewer/logs/99',
  '/viewer/logs/-1',
  '/%',
])('has nothing at %s', async (path) => {
  expect((await ask(await start(), path)).status).toBe(404);
});

it('gives one log, or all, as HAR 1.2', async () => {
  const server = await start();
  const logs = [logOf(), logOf({ method: 'POST', status: 201 }), logOf()];
  await postLogs(server.url, logs);

  const all = await ask(server, '/viewer/logs.har');
  expect(all.headers['content-disposition']).toBe('attachment; filename="logs.har"');
  const har = JSON.parse(all.body);
  expect(validateHarLog(har)).toEqual([]);
  expect(har.log.entries).toHaveLength(3);
  // WebKit takes no file without a page that has a time.
  const times = logs.map(({ request }) => request.log.entries[0].startedDateTime);
  expect(har.log.pages).toEqual([
    { startedDateTime: times[0], id: 'logs', title: 'Logs of ReadMe Metrics', pageTimings: {} },
  ]);
  // In HAR it is the id of a page, which these requests are not of.
  expect(har.log.entries[0].pageref).toBeUndefined();
  expect(har.log.entries[0]._route).toBe('http://127.0.0.1:3000/letters/:id');

  const one = JSON.parse((await ask(server, '/viewer/logs/1.har')).body);
  expect(validateHarLog(one)).toEqual([]);
  expect(
    one.log.entries.map((entry: { request: { method: string } }) => entry.request.method),
  ).toEqual(['POST']);
  expect(JSON.parse((await ask(server, '/viewer/logs/1')).body)).toEqual(logs[1]);
});

it('finds a text in headers and bodies without regard to case, and goes on where it was', async () => {
  const server = await start();
  const response = { content: { size: 3, mimeType: 'text/plain', text: 'The OWL has left' } };
  const header = { headers: [{ name: 'X-Owl', value: 'Errol' }] };
  await postLogs(server.url, [logOf(), logOf({ response }), logOf({ request: header }), logOf()]);

  const search = async (query: string) =>
    JSON.parse((await ask(server, `/viewer/search?${query}`)).body);
  expect(await search('q=owl%20has')).toEqual({ found: [1], end: 4 });
  expect(await search('q=errol')).toEqual({ found: [2], end: 4 });
  expect(await search('q=owl&from=2')).toEqual({ found: [2], end: 4 });
  expect(await search('q=owl&from=x')).toEqual({ found: [1, 2], end: 4 });
});

it('lets go of the oldest logs above maxLogs, whose numbers are not used again', async () => {
  const server = await start({ maxLogs: 2 });
  await postLogs(server.url, [logOf({ id: 'a' }), logOf({ id: 'b' }), logOf({ id: 'c' })]);
  expect((await ask(server, '/viewer/logs/0')).status).toBe(404);
  expect(JSON.parse((await ask(server, '/viewer/logs/2')).body)._id).toBe('c');
  await ask(server, '/viewer/logs', {}, 'DELETE');
  await postLogs(server.url, [logOf({ id: 'd' })]);
  expect(JSON.parse((await ask(server, '/viewer/logs/3')).body)._id).toBe('d');
});

it('refuses other methods than GET', async () => {
  const server = await start();
  for (const method of ['POST', 'PUT', 'HEAD', 'OPTIONS']) {
    expect((await ask(server, '/viewer/logs/0', {}, method)).status).toBe(405);
  }
});
