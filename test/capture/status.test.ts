import { once } from 'node:events';
import { createServer, type Server, type ServerOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  closeServer,
  entryOf,
  type Handler,
  listen,
  type Observer,
  startObserver,
} from '../support/observe';
import { until } from '../support/patience';

let observer: Observer;
let server: Server | undefined;
beforeEach(async () => {
  observer = await startObserver();
});
afterEach(async () => {
  if (server !== undefined) await closeServer(server);
  server = undefined;
  await observer.stop();
});

/** Serves, and connects to it with a client that is not picky. */
async function dial(handler: Handler, options: ServerOptions = {}): Promise<Socket> {
  server = createServer(options, handler);
  return connectTo(await listen(server));
}

async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** All that the server sends until it closes the connection. */
async function received(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

async function entries(count: number) {
  await until(async () => (await observer.logs()).length >= count);
  return (await observer.logs()).map(entryOf);
}

const POST = 'POST /x HTTP/1.1\r\nHost: h\r\n';
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
const hang: Handler = (req) => void req.resume();

describe('what Node itself answers in the middle of a request', () => {
  it.each([
    ['a chunk that is none', `${CHUNKED}5\r\nhello\r\nnot a chunk\r\n`, 400],
    ['trailers that are too long', `${CHUNKED}0\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
    ['chunk extensions that are too long', `${CHUNKED}5;${'x'.repeat(40_000)}\r\nhello\r\n`, 413],
  ])('has the status that was sent: %s', async (_what, text, status) => {
    const socket = await dial(hang);
    socket.write(text);
    const answer = await received(socket);
    const [entry] = await entries(1);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(entry?.response).toMatchObject({
      status,
      statusText: /^HTTP\/1.1 \d+ (.*)\r/.exec(answer)?.[1],
      headers: [{ name: 'Connection', value: 'close' }],
      bodySize: 0,
    });
    expect(entry?.response.headersSize).toBe(answer.length);
    expect(entry?.comment ?? '').not.toContain('aborted');
  });

  it('has the status of a request that takes too long', async () => {
    const socket = await dial(hang, { requestTimeout: 100, connectionsCheckingInterval: 50 });
    socket.write(`${POST}Content-Length: 10\r\n\r\nhello`);
    expect(await received(socket)).toMatch(/^HTTP\/1.1 408 /);
    const [entry] = await entries(1);
    expect(entry?.response.status).toBe(408);
    expect(entry?.request.postData?.comment).toContain('ended early, after 5 bytes');
  });

  it('is not made up where a response had begun', async () => {
    const socket = await dial((_req, res) => void res.write('first'));
    socket.write(CHUNKED);
    await once(socket, 'data');
    socket.write('not a chunk\r\n');
    await once(socket, 'close');
    const [entry] = await entries(1);
    expect(entry?.response.status).toBe(200);
    expect(entry?.comment).toContain('aborted');
  });

  it('is not made up where the application answers such errors', async () => {
    const socket = await dial(hang);
    server?.on('clientError', (error, their) => their.destroy(error));
    socket.write(`${CHUNKED}not a chunk\r\n`);
    expect(await received(socket)).toBe('');
    const [entry] = await entries(1);
    expect(entry?.response.status).toBe(0);
  });

  it('is of the first of several requests, the others have none', async () => {
    const socket = await dial(hang);
    socket.write(`GET /first HTTP/1.1\r\nHost: h\r\n\r\n${CHUNKED}not a chunk\r\n`);
    expect(await received(socket)).toMatch(/^HTTP\/1.1 400 /);
    const found = (await entries(2)).map(({ request, response }) => [
      request.url.slice(-5),
      response.status,
    ]);
    expect(Object.fromEntries(found)).toEqual({ first: 400, '//h/x': 0 });
  });
});

describe('a response of which nothing went out', () => {
  it('has the status 0 where it was ended for a connection that is destroyed', async () => {
    for (const act of [
      (res: Parameters<Handler>[1]) => res.end('hello'),
      (res: Parameters<Handler>[1]) => res.writeHead(201).end('hello'),
      (res: Parameters<Handler>[1]) => {
        res.write('hel');
        res.end('lo');
      },
    ]) {
      observer.metrics.clear();
      const socket = await dial((req, res) => {
        req.socket.destroy();
        act(res);
      });
      socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
      expect(await received(socket)).toBe('');
      const [entry] = await entries(1);
      expect(entry?.response).toMatchObject({ status: 0, bodySize: 0, headers: [] });
      expect(entry?.comment).toContain('aborted');
      await closeServer(server as Server);
    }
  });

  it('has the status 0 where its head was made and then the connection destroyed', async () => {
    const socket = await dial((req, res) => {
      res.writeHead(200, { 'Content-Length': '5' });
      req.socket.destroy();
    });
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    expect(await received(socket)).toBe('');
    const [entry] = await entries(1);
    expect(entry?.response.status).toBe(0);
  });

  it('has the status 0 where its turn never came', async () => {
    const socket = await dial((req, res) => {
      if (req.url === '/second') res.end('never sent');
    });
    socket.write('GET /first HTTP/1.1\r\nHost: h\r\n\r\nGET /second HTTP/1.1\r\nHost: h\r\n\r\n');
    await until(() => observer.instrumentation.stats().pending >= 0);
    setImmediate(() => setImmediate(() => socket.destroy()));
    const found = await entries(2);
    for (const { response, comment } of found) {
      expect(response).toMatchObject({ status: 0, bodySize: 0, content: { size: 0 } });
      expect(comment).toContain('aborted');
    }
  });
});

describe('a response whose every byte went out', () => {
  it.each(['never', 'after'])(
    'is not aborted when it is ended %s the client has left',
    async (end) => {
      const socket = await dial((req, res) => {
        res.writeHead(200, { 'Content-Length': '5' });
        res.write('hello');
        if (end === 'after') req.socket.once('close', () => res.end());
      });
      socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
      await once(socket, 'data');
      socket.destroy();
      const [entry] = await entries(1);
      expect(entry?.response).toMatchObject({
        status: 200,
        bodySize: 5,
        content: { text: 'hello' },
      });
      expect(entry?.comment ?? '').not.toContain('aborted');
    },
  );

  it('is aborted when it is shorter than its Content-Length', async () => {
    const socket = await dial((_req, res) => {
      res.writeHead(200, { 'Content-Length': '6' });
      res.write('hello');
    });
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    const [entry] = await entries(1);
    expect(entry?.comment).toContain('aborted');
  });
});

it('says that a hijacked response was written to the socket, which was not seen', async () => {
  const app = fastify();
  app.get('/raw', (request, reply) => {
    reply.hijack();
    request.raw.socket.end('HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok');
  });
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  const socket = await connectTo(Number(port));
  socket.write('GET /raw HTTP/1.1\r\nHost: h\r\n\r\n');
  expect(await received(socket)).toContain('202 Accepted');
  const [entry] = await entries(1);
  await app.close();
  expect(entry?.response).toMatchObject({ status: 0, bodySize: 0 });
  expect(entry?.response.content).toEqual({
    mimeType: 'text/plain',
    size: 0,
    comment:
      'left out: not seen, something was sent without a response head, as by writing to the socket itself',
  });
});

it('is aborted where a client that was asked to go on leaves', async () => {
  const socket = await dial(hang);
  socket.write(`${POST}Content-Length: 10\r\nExpect: 100-continue\r\n\r\n`);
  await once(socket, 'data');
  socket.resetAndDestroy();
  const [entry] = await entries(1);
  expect(entry?.response.status).toBe(0);
  expect(entry?.comment).toContain('aborted');
});
