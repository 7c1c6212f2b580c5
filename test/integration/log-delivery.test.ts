import { createServer, type IncomingHttpHeaders, type RequestListener, request } from 'node:http';
import express from 'express';
import fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { ReadmeInstrumentation, type ReadmeOptions } from '../../src/index';
import { closeServer, entryOf, listen, startObserver } from '../support/observe';
import { rounds, until } from '../support/patience';

const KEY = 'rdme_test_0123456789abcdef';
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Sends a request with these header fields alone. @returns the status. */
function post(port: number, path: string, headers: IncomingHttpHeaders, method = 'POST') {
  return new Promise<number | undefined>((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method, path, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    sent.on('error', reject).end('[]');
  });
}

type Stub = (received: (logs: number) => void) => Promise<number>;
const count = (body: string) => (JSON.parse(body) as unknown[]).length;

/** What somebody writes to see what ReadMe would get. */
const stubs: Record<string, Stub> = {
  async 'node:http'(received) {
    const answer: RequestListener = (req, res) => {
      let body = '';
      req.on('data', (chunk) => {
        body += chunk;
      });
      req.on('end', () => {
        received(count(body));
        res.writeHead(202).end('OK');
      });
    };
    const server = createServer(answer);
    ends.push(() => closeServer(server));
    return listen(server);
  },
  async Express(received) {
    const app = express();
    app.post('/v1/request', express.json(), (req, res) => {
      received((req.body as unknown[]).length);
      res.sendStatus(202);
    });
    const server = createServer(app);
    ends.push(() => closeServer(server));
    return listen(server);
  },
  async Fastify(received) {
    const app = fastify();
    app.post('/v1/request', async (req, reply) => {
      received((req.body as unknown[]).length);
      return reply.code(202).send('OK');
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    ends.push(() => app.close());
    return (app.server.address() as { port: number }).port;
  },
};

describe('a stand-in of ReadMe in the same process makes no logs of logs', () => {
  it.each(Object.keys(stubs))('%s', async (name) => {
    let logs = 0;
    const port = await (stubs[name] as Stub)((received) => {
      logs += received;
    });
    const api = createServer((_req, res) => res.end('ok'));
    const apiPort = await listen(api);
    ends.push(() => closeServer(api));
    const readme = new ReadmeInstrumentation({
      apiKey: KEY,
      metricsServer: `http://127.0.0.1:${port}`,
      bufferLength: 1,
    });
    ends.push(() => readme.shutdown());
    await post(apiPort, '/orders', {});
    await until(() => logs > 0);
    // A log of that request would have been sent by now, and one of this in turn.
    await rounds(50);
    await readme.forceFlush();
    expect(logs).toBe(1);
    expect(readme.stats()).toMatchObject({ delivered: 1, dropped: {}, pending: 0 });
  });
});

describe('a request that brings logs to ReadMe', () => {
  const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
  async function loggedOf(
    requests: (port: number, metricsHost: string) => Promise<unknown>,
    options: ReadmeOptions = {},
  ): Promise<string[]> {
    const observer = await startObserver(options);
    ends.push(() => observer.stop());
    const server = createServer((req, res) => {
      req.resume();
      res.end();
    });
    const port = await listen(server);
    ends.push(() => closeServer(server));
    await requests(port, new URL(observer.metrics.url).host);
    const logs = await observer.logs();
    return logs.map((log) => new URL(entryOf(log).request.url).pathname);
  }

  it.each([
    ['this package, of any version', { 'user-agent': 'readme-metrics-opentelemetry/9.9.9' }],
    ["ReadMe's SDK for Node", { 'user-agent': 'readmeio/6.2.1' }],
    ["ReadMe's SDK for Python", { 'user-agent': 'readme-metrics-python@3.1.0' }],
    ['whoever has the key of the project', { authorization: basic(KEY) }],
  ])('is not logged: from %s', async (_from, headers) => {
    const logged = await loggedOf(async (port) => {
      await post(port, '/v1/request', headers);
      await post(port, '/v1/request?a=b', headers);
      await post(port, '/stand-in/v1/request', headers);
      await post(port, '/after', headers);
    });
    expect(logged).toEqual(['/after']);
  });

  it('is not logged: to the host of the metrics server, with a proxy in this process', async () => {
    const logged = await loggedOf(async (port, host) => {
      await post(port, `http://${host}/v1/request`, { host });
      await post(port, '/after', { host });
    });
    expect(logged).toEqual(['/after']);
  });

  it('is logged where an API has a POST /v1/request of its own', async () => {
    const logged = await loggedOf(async (port) => {
      await post(port, '/v1/request', {});
      await post(port, '/v1/request', { 'user-agent': 'curl/8.0', authorization: basic('other') });
      await post(port, '/v1/request', { 'user-agent': 'my-readme-metrics-client/1.0' });
      await post(port, '/v1/requests', { 'user-agent': 'readmeio/6.2.1' });
      await post(port, '/v1/request/7', { authorization: basic(KEY) });
      await post(port, '/v1/request', { 'user-agent': 'readmeio/6.2.1' }, 'PUT');
    });
    expect(logged).toEqual([
      '/v1/request',
      '/v1/request',
      '/v1/request',
      '/v1/requests',
      '/v1/request/7',
      '/v1/request',
    ]);
  });

  it('is logged without a key to know it by (dryRun): an empty user name is none', async () => {
    const { isLogDelivery } = await import('../../src/capture/log-delivery').then(
      ({ logDeliveries }) => ({
        isLogDelivery: logDeliveries({ apiKey: '', metricsServer: 'https://metrics.readme.io' }),
      }),
    );
    const incoming = (headers: IncomingHttpHeaders) =>
      ({ method: 'POST', url: '/v1/request', headers }) as never;
    expect(isLogDelivery(incoming({ authorization: basic('') }))).toBe(false);
    expect(isLogDelivery(incoming({ host: 'METRICS.readme.io' }))).toBe(true);
  });
});
