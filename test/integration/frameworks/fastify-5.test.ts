import { basename, dirname } from 'node:path';
import { Readable } from 'node:stream';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { type Application, useBench } from '../../support/bench';
import { chunks, OWLBERT } from '../../support/plain-app';
import { itIsSeenThrough, itIsSeenThroughPipelining, postJson } from '../../support/scenarios';

async function serveFastify(): Promise<Application> {
  const app = fastify();
  await app.register(fastifyStatic, { root: dirname(OWLBERT), serve: false });
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.post('/echo', (request, reply) => reply.code(201).send(request.body));
  app.post('/form', (request, reply) => reply.code(201).send(request.body));
  app.post<{ Body: { text: string } }>('/big', async ({ body }) => body.text);
  app.get('/throw', () => {
    throw new Error('on purpose');
  });
  app.get('/reject', () => Promise.reject(new Error('on purpose')));
  app.get('/stream', (_request, reply) => reply.type('text/plain').send(Readable.from(chunks())));
  app.get('/file', (_request, reply) => reply.sendFile(basename(OWLBERT)));
  app.get('/search', async (request) => request.query);
  app.delete('/thing', (_request, reply) => reply.code(204).send());
  app.get('/endless', (_request, reply) => {
    reply.hijack();
    reply.raw.write('first');
  });
  await app.register(users, { prefix: '/api/users' });
  app.get(
    '/web',
    () => new Response('from a Response', { status: 202, headers: { 'x-web': '1' } }),
  );
  app.post(
    '/checked',
    { schema: { body: { type: 'object', required: ['name'] } } },
    async (request) => request.body,
  );
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { port: Number(new URL(url).port), close: () => app.close() };
}

async function users(app: FastifyInstance): Promise<void> {
  app.get('/:id/posts/:post', async (request) => request.params);
}

describe('Fastify 5', () => {
  const bench = useBench(serveFastify);
  itIsSeenThrough(bench, {
    failure: /"statusCode":500,.*"message":"on purpose"/,
    notFound: /"message":"Route GET:\/missing\/page\?q=1 not found"/,
    knowsRoutes: true,
    sendsFiles: true,
  });
  itIsSeenThroughPipelining(bench);

  it('logs a response that a handler returns as a web Response', async () => {
    const { entry } = await bench.compare({ path: '/web' });
    expect(entry.response.status).toBe(202);
    expect(entry.response.content.text).toBe('from a Response');
  });

  it('logs what fails validation, and the 400 for it', async () => {
    const { entry } = await bench.compare(postJson('/checked', { nickname: 'Owl' }));
    expect(entry.response.status).toBe(400);
    expect(entry.response.content.text).toContain("must have required property 'name'");
  });

  it('logs a body of a type that no parser takes, and the 415 for it', async () => {
    const headers = { 'Content-Type': 'application/x-owl' };
    const { entry } = await bench.compare({ method: 'POST', path: '/echo', headers, body: 'hoot' });
    expect(entry.response.status).toBe(415);
  });
});
