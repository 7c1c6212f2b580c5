import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import { describe, expect, it } from 'vitest';
import { type Application, useBench } from '../../support/bench';
import { closeServer, listen } from '../../support/observe';
import { chunks, OWLBERT } from '../../support/plain-app';
import { itIsSeenThrough, itIsSeenThroughPipelining } from '../../support/scenarios';

async function serveKoa(): Promise<Application> {
  const app = new Koa();
  app.silent = true;
  app.use(bodyParser());
  const router = new Router();
  router.post(['/echo', '/form'], (ctx) => {
    ctx.status = 201;
    ctx.body = ctx.request.body;
  });
  router.post('/big', (ctx) => {
    ctx.body = (ctx.request.body as { text: string }).text;
  });
  router.get('/throw', () => {
    throw new Error('on purpose');
  });
  router.get('/reject', async (ctx) => {
    await Promise.resolve();
    ctx.throw(500, 'on purpose', { expose: true });
  });
  router.get('/stream', (ctx) => {
    ctx.body = Readable.from(chunks());
  });
  router.get('/file', (ctx) => {
    ctx.type = 'text/plain';
    ctx.body = createReadStream(OWLBERT);
  });
  router.get('/search', (ctx) => {
    ctx.body = ctx.query;
  });
  router.delete('/thing', (ctx) => {
    ctx.body = null;
  });
  router.get('/endless', (ctx) => {
    ctx.respond = false;
    ctx.res.statusCode = 200;
    ctx.res.write('first');
  });
  router.get('/web', (ctx) => {
    ctx.body = new Response('from a Response', { status: 202 });
  });
  const users = new Router({ prefix: '/users' });
  users.get('/:id/posts/:post', (ctx) => {
    ctx.body = { ...ctx.params };
  });
  router.use('/api', users.routes());
  app.use(router.routes()).use(router.allowedMethods());
  const server = createServer(app.callback());
  return { port: await listen(server), close: () => closeServer(server) };
}

describe('Koa 3', () => {
  const bench = useBench(serveKoa);
  itIsSeenThrough(bench, {
    failure: /^(Internal Server Error|on purpose)$/,
    notFound: 'Not Found',
    knowsRoutes: false,
    sendsFiles: true,
  });
  itIsSeenThroughPipelining(bench);

  it('logs a response that is given as a web Response', async () => {
    const { entry } = await bench.compare({ path: '/web' });
    expect(entry.response.content.text).toBe('from a Response');
  });

  it('logs a 405 of allowedMethods', async () => {
    const { entry } = await bench.compare({ method: 'PUT', path: '/search' });
    expect(entry.response.status).toBe(405);
  });
});
