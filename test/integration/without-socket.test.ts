import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mask } from '../../src/redaction/mask';
import { HAS_STREAM_CHANNEL, readAll, runHttp2 } from '../support/http2-run';
import { lambdaAdapters } from '../support/lambda-adapters';
import { entryOf, type Observer, outcomes, serve, startObserver } from '../support/observe';

const KEY = 'owl-key-0123456789';

let observer: Observer;
beforeEach(async () => {
  observer = await startObserver({ denylist: ['secret'] });
});
afterEach(() => observer.stop());

/** What is logged when nothing but `forceFlush` is waited for: after it, a Lambda function may be frozen. */
async function flushed() {
  await observer.instrumentation.forceFlush();
  return observer.metrics.logs;
}

describe('observe() logs a request that never meets a socket:', () => {
  it('inject() of Fastify', async () => {
    const { instrumentation: readme } = observer;
    const app = fastify();
    app.addHook('onRequest', async (request, reply) => {
      readme.observe(request.raw, reply.raw);
      readme.observe(request.raw, reply.raw);
    });
    app.post('/echo', (request, reply) => reply.code(201).send(request.body));
    const answer = await app.inject({
      method: 'POST',
      url: '/echo?q=1',
      headers: { 'x-api-key': KEY, host: 'api.example.com' },
      payload: { a: 'é', secret: 'never' },
    });
    expect([answer.statusCode, answer.json()]).toEqual([201, { a: 'é', secret: 'never' }]);
    const logs = await flushed();
    expect(logs).toHaveLength(1);
    expect(logs[0]).toMatchObject({ clientIPAddress: '127.0.0.1', group: { id: mask(KEY) } });
    const entry = entryOf(logs[0]);
    expect(entry.request).toMatchObject({
      method: 'POST',
      url: 'http://api.example.com/echo?q=1',
      postData: { text: '{"a":"é","secret":"[REDACTED 5]"}' },
    });
    expect(entry.response).toMatchObject({
      status: 201,
      content: { text: '{"a":"é","secret":"[REDACTED 5]"}' },
    });
    expect(entry.comment).toBeUndefined();
    await app.close();
  });

  it('a request that is emitted on a server', async () => {
    const { instrumentation: readme } = observer;
    const server = createServer((_req, res) => res.end('ok'));
    const request = Object.assign(new IncomingMessage(new Socket()), {
      method: 'GET',
      url: '/emitted',
    });
    const response = new ServerResponse(request);
    readme.observe(request, response);
    server.emit('request', request, response);
    response.emit('close');
    expect(entryOf((await flushed())[0])).toMatchObject({
      request: { url: expect.stringMatching(/\/emitted$/) },
    });
  });

  it('one that has no socket at all', async () => {
    const { instrumentation: readme } = observer;
    const request = Object.assign(new IncomingMessage(null as never), { method: 'GET', url: '/' });
    const response = new ServerResponse(request);
    readme.observe(request, response);
    response.end('ok');
    response.emit('close');
    expect((await flushed())[0]).toMatchObject({ clientIPAddress: '' });
  });
});

describe('observe() logs what an adapter of AWS Lambda hands to Express:', () => {
  /** An HTTP API of API Gateway, payload format 2.0. */
  const event = {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/owls',
    rawQueryString: 'q=1',
    headers: { 'content-type': 'application/json', host: 'api.example.com', 'x-api-key': KEY },
    requestContext: {
      accountId: '1',
      apiId: 'a',
      domainName: 'api.example.com',
      http: {
        method: 'POST',
        path: '/owls',
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'x',
      },
      stage: '$default',
      requestId: '1',
      timeEpoch: 1,
    },
    body: '{"a":"é","secret":"never"}',
    isBase64Encoded: false,
  };
  const context = { getRemainingTimeInMillis: () => 1000, callbackWaitsForEmptyEventLoop: true };

  it.each(['serverless-http', '@vendia/serverless-express'])('%s', async (name) => {
    const { instrumentation: readme } = observer;
    const adapters = await lambdaAdapters();
    const app = express();
    app.use((req, res, next) => {
      readme.observe(req, res);
      next();
    });
    app.use(express.json());
    app.post('/owls', (req, res) => {
      const body = Buffer.isBuffer(req.body) ? JSON.parse(req.body.toString()) : req.body;
      res.status(201).json(body);
    });
    const adapter = adapters(name);
    const handle =
      name === 'serverless-http' ? adapter(app) : (adapter.default ?? adapter)({ app });
    const answer = await handle(event, context);
    expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([
      201,
      { a: 'é', secret: 'never' },
    ]);
    const logs = await flushed();
    expect(logs).toHaveLength(1);
    expect(logs[0]).toMatchObject({ clientIPAddress: '203.0.113.7', group: { id: mask(KEY) } });
    const entry = entryOf(logs[0]);
    expect(entry.request).toMatchObject({
      method: 'POST',
      url: 'https://api.example.com/owls?q=1',
      postData: { mimeType: 'application/json', text: '{"a":"é","secret":"[REDACTED 5]"}' },
    });
    expect(entry.response).toMatchObject({ status: 201, bodySize: 27 });
    expect(entry.response.headers.map((field) => field.name.toLowerCase())).toContain(
      'content-type',
    );
    expect(JSON.stringify(logs)).not.toContain('never');
    expect(entry.comment).toBeUndefined();
  });
});

describe('observe() may be called', () => {
  it('for every request of a server that is observed already: one log each', async () => {
    const { instrumentation: readme } = observer;
    const api = await serve((req, res) => {
      readme.observe(req, res);
      res.end('ok');
      readme.observe(req, res);
    });
    await fetch(`http://127.0.0.1:${api.port}/`);
    await api.close();
    expect(await observer.logs()).toHaveLength(1);
  });

  it('with anything, and throws nothing', () => {
    for (const what of [undefined, null, 1, {}, { stream: {} }, Object.freeze({ method: 'GET' })]) {
      observer.instrumentation.observe(what as never, what as never);
    }
    expect(outcomes(observer.instrumentation)).toEqual({ delivered: 0, dropped: {} });
  });

  it('over HTTP/2, which makes a Node without its channel log these exchanges', async () => {
    const { instrumentation: readme } = observer;
    const echo = (secured: boolean) =>
      runHttp2({
        isSecure: secured,
        request: async (req, res) => {
          readme.observe(req, res);
          readme.observe(req, res);
          res.end(await readAll(req));
        },
        client: (client) => client.send({ ':method': 'POST', ':path': '/' }, 'body'),
      });
    await echo(false);
    await echo(true);
    const logs = await observer.logs();
    expect(logs.map((log) => entryOf(log).request)).toMatchObject([
      { url: 'http://api.example.com/', httpVersion: 'HTTP/2', postData: { text: 'body' } },
      { url: 'https://api.example.com/', httpVersion: 'HTTP/2', postData: { text: 'body' } },
    ]);
    expect(logs.map((log) => entryOf(log).response.content.text)).toEqual(['body', 'body']);
  });

  it('when the instrumentation has stopped, without effect', async () => {
    observer.instrumentation.disable();
    await runHttp2({
      request: (req, res) => {
        observer.instrumentation.observe(req, res);
        res.end();
      },
    });
    expect(await observer.logs()).toEqual([]);
  });
});

it.skipIf(HAS_STREAM_CHANNEL)(
  'without observe() and without the channel nothing is logged over HTTP/2',
  async () => {
    await runHttp2({ request: (_req, res) => void res.end() });
    expect(await observer.logs()).toEqual([]);
  },
);
