import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { server as createHapi, type Request, type ResponseToolkit } from '@hapi/hapi';
import { describe, expect, it } from 'vitest';
import { type Application, useBench } from '../../support/bench';
import { chunks, OWLBERT } from '../../support/plain-app';
import { BIG, itIsSeenThrough, itIsSeenThroughPipelining, postJson } from '../../support/scenarios';

async function serveHapi(): Promise<Application> {
  const hapi = createHapi({ port: 0, host: '127.0.0.1', debug: false });
  const echo = ({ payload }: Request, h: ResponseToolkit) =>
    h.response(payload as object).code(201);
  hapi.route([
    { method: 'POST', path: '/echo', handler: echo },
    { method: 'POST', path: '/form', handler: echo },
    {
      method: 'POST',
      path: '/big',
      handler: ({ payload }) => (payload as { text: string }).text,
    },
    {
      method: 'GET',
      path: '/throw',
      handler() {
        throw new Error('on purpose');
      },
    },
    { method: 'GET', path: '/reject', handler: () => Promise.reject(new Error('on purpose')) },
    {
      method: 'GET',
      path: '/stream',
      handler: (_request, h) =>
        h.response(Readable.from(chunks(), { objectMode: false })).type('text/plain'),
    },
    {
      method: 'GET',
      path: '/file',
      handler: (_request, h) => h.response(createReadStream(OWLBERT)).type('text/plain'),
    },
    { method: 'GET', path: '/search', handler: ({ query }) => query },
    { method: 'DELETE', path: '/thing', handler: (_request, h) => h.response().code(204) },
    {
      method: 'GET',
      path: '/endless',
      handler({ raw }, h) {
        raw.res.write('first');
        return h.abandon;
      },
    },
    { method: 'GET', path: '/api/users/{id}/posts/{post}', handler: ({ params }) => params },
    { method: 'POST', path: '/small', handler: echo, options: { payload: { maxBytes: 1000 } } },
    { method: 'GET', path: '/list', handler: () => ({ list: BIG }) },
  ]);
  await hapi.start();
  return { port: Number(hapi.info.port), close: () => hapi.stop({ timeout: 0 }) };
}

describe('Hapi 21', () => {
  const bench = useBench(serveHapi);
  itIsSeenThrough(bench, {
    failure: /"message":"An internal server error occurred"/,
    notFound: /"message":"Not Found"/,
    knowsRoutes: false,
    sendsFiles: true,
  });
  itIsSeenThroughPipelining(bench);

  it('logs a response that Hapi has packed as the plain JSON it was', async () => {
    const headers = { 'Accept-Encoding': 'gzip' };
    const { entry } = await bench.compare({ path: '/list', headers });
    expect(JSON.parse(entry.response.content.text ?? '')).toEqual({ list: BIG });
    expect(entry.response.headers).toContainEqual({ name: 'content-encoding', value: 'gzip' });
  });

  it('logs a payload over the limit, and the 413 for it', async () => {
    const { entry } = await bench.compare(postJson('/small', { text: 'x'.repeat(1000) }));
    expect(entry.response.status).toBe(413);
  });
});
