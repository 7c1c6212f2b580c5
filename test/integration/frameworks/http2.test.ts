import { connect, createSecureServer, createServer } from 'node:http2';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { bodyParser } from '@koa/bodyparser';
import fastify from 'fastify';
import Koa from 'koa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setReadmeGroup } from '../../../src/index';
import { mask } from '../../../src/redaction/mask';
import { certificate, HAS_STREAM_CHANNEL, readAll } from '../../support/http2-run';
import { entryOf, type Observer, startObserver } from '../../support/observe';

const KEY = 'owl-key-0123456789';

let observer: Observer;
beforeEach(async () => {
  observer = await startObserver();
});
afterEach(() => observer.stop());

async function post(origin: string, path: string, body: string): Promise<string> {
  const session = connect(origin, { rejectUnauthorized: false });
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/json',
  });
  stream.end(body);
  const answer = await readAll(stream);
  session.destroy();
  return answer.toString();
}

describe.runIf(HAS_STREAM_CHANNEL)('over HTTP/2', () => {
  it('Fastify is logged, and over HTTP/1 on the same port', async () => {
    const app = fastify({ http2: true, https: { ...certificate(), allowHTTP1: true } });
    app.addHook('preHandler', async (request) => setReadmeGroup({ apiKey: KEY }, request));
    app.post('/owls/:id', (request, reply) => reply.code(201).send(request.body));
    app.get('/old', async () => 'of HTTP/1');
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    expect(await post(url, '/owls/1?q=1', '{"a":"é"}')).toBe('{"a":"é"}');
    const old = await new Promise<string>((resolve) => {
      get(`${url}/old`, { rejectUnauthorized: false, agent: false }, async (answer) =>
        resolve(String(await readAll(answer))),
      );
    });
    expect(old).toBe('of HTTP/1');
    const logs = await observer.logs();
    await app.close();
    expect(logs.map(({ group }) => group.id)).toEqual([mask(KEY), mask(KEY)]);
    expect(logs.map((log) => entryOf(log))).toMatchObject([
      {
        request: {
          url: `${url}/owls/1?q=1`,
          httpVersion: 'HTTP/2',
          postData: { text: '{"a":"é"}' },
        },
        response: { status: 201, httpVersion: 'HTTP/2', content: { text: '{"a":"é"}' } },
      },
      {
        request: { url: `${url}/old`, httpVersion: 'HTTP/1.1' },
        response: { status: 200, httpVersion: 'HTTP/1.1', content: { text: 'of HTTP/1' } },
      },
    ]);
  });

  it.each([false, true])('Koa is logged, with TLS: %s', async (isSecure) => {
    const app = new Koa();
    app.use(bodyParser());
    app.use((ctx) => {
      setReadmeGroup({ apiKey: KEY });
      ctx.status = 201;
      ctx.body = ctx.request.body;
    });
    const server = isSecure
      ? createSecureServer(certificate(), app.callback())
      : createServer(app.callback());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const origin = `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}`;
    expect(await post(origin, '/owls', '{"a":"é"}')).toBe('{"a":"é"}');
    const logs = await observer.logs();
    await new Promise((resolve) => server.close(resolve));
    expect(logs).toHaveLength(1);
    expect(logs[0]?.group.id).toBe(mask(KEY));
    expect(entryOf(logs[0])).toMatchObject({
      request: { url: `${origin}/owls`, httpVersion: 'HTTP/2', postData: { text: '{"a":"é"}' } },
      response: { status: 201, content: { text: '{"a":"é"}' } },
    });
  });
});
