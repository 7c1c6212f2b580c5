import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReadmeInstrumentation, type ReadmeOptions } from '../../../src/index';
import {
  type LocalMetricsServer,
  startLocalMetricsServer,
} from '../../../src/local/metrics-server';
import { API_KEY, closeServer, listen, serve } from '../../support/observe';
import { rounds, until } from '../../support/patience';
import { startProxy } from '../../support/proxy-server';

const BASE_URL = 'https://docs.example.com';
let metrics: LocalMetricsServer;
let dash: Server;
let answer: () => { status: number; body: string; when?: Promise<void> };
const asked: (string | undefined)[] = [];
let options: ReadmeOptions;

beforeEach(async () => {
  asked.length = 0;
  answer = () => ({ status: 200, body: JSON.stringify({ baseUrl: `${BASE_URL}/` }) });
  metrics = await startLocalMetricsServer();
  dash = createServer(async (req, res) => {
    asked.push(`${req.method} ${req.url} ${req.headers.authorization}`);
    const { status, body, when } = answer();
    await when;
    res.writeHead(status).end(body);
  });
  const dashServer = `http://127.0.0.1:${await listen(dash)}`;
  options = { apiKey: API_KEY, metricsServer: metrics.url, dashServer };
});
afterEach(async () => {
  vi.restoreAllMocks();
  await metrics.close();
  await closeServer(dash);
});

/** Makes a request and gives `x-documentation-url` of its response, with the id of its log. */
async function withApi(
  config: ReadmeOptions,
  use: (call: () => Promise<string | null>, readme: ReadmeInstrumentation) => Promise<void>,
): Promise<void> {
  const readme = new ReadmeInstrumentation({ ...options, ...config });
  const api = await serve((_req, res) => res.end('ok'));
  try {
    await use(async () => {
      const response = await fetch(`http://127.0.0.1:${api.port}/`);
      await response.arrayBuffer();
      return response.headers.get('x-documentation-url');
    }, readme);
  } finally {
    await api.close();
    await readme.shutdown();
  }
}

describe('x-documentation-url', () => {
  it('leads to the log when baseLogUrl is a URL', () =>
    withApi({ baseLogUrl: `${BASE_URL}/` }, async (call, readme) => {
      const url = await call();
      await readme.forceFlush();
      expect(url).toBe(`${BASE_URL}/logs/${metrics.logs[0]?._id}`);
      const sent = metrics.logs[0]?.request.log.entries[0]?.response.headers;
      expect(sent).toContainEqual({ name: 'x-documentation-url', value: url });
    }));

  it('is not set without baseLogUrl, nor when the exchange is not logged', async () => {
    await withApi({}, async (call) => expect(await call()).toBeNull());
    await withApi({ baseLogUrl: BASE_URL, groupingFunction: () => null }, async (call) =>
      expect(await call()).toBeNull(),
    );
  });

  it('is asked for through the proxy that logs go through', async () => {
    const proxy = await startProxy();
    const config = { baseLogUrl: 'auto', proxy: `http://127.0.0.1:${proxy.port}` };
    await withApi(config, async (call) => {
      await until(async () => (await call())?.includes(`${BASE_URL}/logs/`) === true);
      expect(proxy.requests).toContain(`GET ${options.dashServer}/api/v1/`);
      expect(asked).toHaveLength(1);
    });
    await proxy.close();
  });

  it('is asked for once in the background with "auto", and delays no request', () =>
    withApi({ baseLogUrl: 'auto' }, async (call) => {
      let reply = () => {};
      const when = new Promise<void>((resolve) => {
        reply = resolve;
      });
      answer = () => ({ status: 200, body: JSON.stringify({ baseUrl: BASE_URL }), when });
      expect(await call()).toBeNull();
      expect(await call()).toBeNull();
      reply();
      await until(async () => (await call()) !== null);
      expect(await call()).toMatch(/^https:\/\/docs\.example\.com\/logs\/[0-9a-f-]{36}$/);
      const authorization = `Basic ${Buffer.from(`${API_KEY}:`).toString('base64')}`;
      expect(asked).toEqual([`GET /api/v1/ ${authorization}`]);
    }));

  it('is asked for again after a day, and used until the new answer is there', () =>
    withApi({ baseLogUrl: 'auto' }, async (call) => {
      await until(async () => (await call()) !== null);
      const now = Date.now();
      const clock = vi.spyOn(Date, 'now');
      clock.mockReturnValue(now + 23 * 3600 * 1000);
      expect(await call()).toContain(BASE_URL);
      expect(asked).toHaveLength(1);
      answer = () => ({
        status: 200,
        body: JSON.stringify({ baseUrl: 'https://new.example.com' }),
      });
      clock.mockReturnValue(now + 25 * 3600 * 1000);
      expect(await call()).toContain(BASE_URL);
      await until(async () => (await call())?.includes('https://new.example.com') === true);
      expect(asked).toHaveLength(2);
    }));

  it.each([
    ['an error', () => ({ status: 500, body: '' })],
    ['no JSON', () => ({ status: 200, body: 'hello' })],
    ['no URL', () => ({ status: 200, body: '{"baseUrl":"javascript:alert(1)"}' })],
    ['too much', () => ({ status: 200, body: 'x'.repeat(100_000) })],
  ])('is asked for again two minutes after %s', (_what, failure) =>
    withApi({ baseLogUrl: 'auto' }, async (call) => {
      answer = failure;
      await call();
      await until(() => asked.length > 0);
      await rounds();
      expect(await call()).toBeNull();
      expect(asked).toHaveLength(1);
      answer = () => ({ status: 200, body: JSON.stringify({ baseUrl: BASE_URL }) });
      const now = Date.now();
      vi.spyOn(Date, 'now').mockReturnValue(now + 121_000);
      await until(async () => (await call())?.includes(BASE_URL) === true);
    }),
  );
});
