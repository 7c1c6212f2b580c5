import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { server as createHapi } from '@hapi/hapi';
import Router from '@koa/router';
import fastify from 'fastify';
import Koa from 'koa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frameworks } from '../../support/frameworks';
import { closeServer, entryOf, listen, type Observer, startObserver } from '../../support/observe';

interface Served {
  port: number;
  close(): unknown;
}

/** A request with a place for the route, as docs/ROUTES.md has it. */
type WithRoute = IncomingMessage & { route?: { path: string } };

async function serveListener(listener: RequestListener): Promise<Served> {
  const server = createServer(listener);
  return { port: await listen(server), close: () => closeServer(server) };
}

/** An application with `GET /users/:id/posts/:post` and `GET /files/*`, in the framework's own way. */
const APPLICATIONS: Record<string, () => Promise<Served>> = {
  async 'Fastify 5'() {
    const app = fastify();
    await app.register(
      async (users) => {
        users.get('/:id/posts/:post', async () => 'ok');
      },
      { prefix: '/users' },
    );
    app.get('/files/*', async () => 'ok');
    const url = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
    return { port: Number(url.port), close: () => app.close() };
  },

  async 'Nest 11 on Fastify'() {
    const load = await frameworks();
    load('reflect-metadata');
    const { Controller, Get, Module } = load('@nestjs/common');
    const { NestFactory } = load('@nestjs/core');
    const { FastifyAdapter } = load('@nestjs/platform-fastify');
    class Users {
      post() {
        return 'ok';
      }
      file() {
        return 'ok';
      }
    }
    const { prototype } = Users;
    const methodOf = (name: 'post' | 'file') => Object.getOwnPropertyDescriptor(prototype, name);
    Get('users/:id/posts/:post')(prototype, 'post', methodOf('post'));
    Get('files/*')(prototype, 'file', methodOf('file'));
    Controller()(Users);
    class App {}
    Module({ controllers: [Users] })(App);
    const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    return { port: Number(new URL(await app.getUrl()).port), close: () => app.close() };
  },

  async restify() {
    const server = (await frameworks())('restify').createServer();
    const answer = (_req: unknown, res: { send(text: string): void }, next: () => void) => {
      res.send('ok');
      next();
    };
    server.get('/users/:id/posts/:post', answer);
    server.get('/files/*', answer);
    return { port: await listen(server), close: () => closeServer(server.server) };
  },

  async 'Polka 0.5'() {
    const polka = (await frameworks())('polka');
    const answer: RequestListener = (_req, res) => void res.end('ok');
    const users = polka().get('/:id/posts/:post', answer);
    return serveListener(polka().use('/users', users).get('/files/*', answer).handler);
  },

  async 'Polka 1 (next)'() {
    const polka = (await frameworks())('polka-next');
    const answer: RequestListener = (_req, res) => void res.end('ok');
    const app = polka().get('/users/:id/posts/:post', answer).get('/files/*', answer);
    return serveListener(app.handler);
  },

  async 'Koa 3 with its router, and one line'() {
    const app = new Koa();
    app.use(async (ctx, next) => {
      await next();
      if (ctx.routerPath !== undefined || ctx._matchedRoute) {
        (ctx.req as WithRoute).route = { path: String(ctx._matchedRoute) };
      }
    });
    const users = new Router({ prefix: '/users' });
    users.get('/:id/posts/:post', (ctx) => {
      ctx.body = 'ok';
    });
    users.get('/never', () => {});
    const files = new Router().get('/files/{*rest}', (ctx) => {
      ctx.body = 'ok';
    });
    app.use(users.routes()).use(files.routes());
    return serveListener(app.callback());
  },

  async 'Hapi 21, and one line'() {
    const hapi = createHapi({ port: 0, host: '127.0.0.1' });
    hapi.ext('onPreResponse', ({ raw, route }, h) => {
      (raw.req as WithRoute).route = { path: route.path };
      return h.continue;
    });
    hapi.route([
      { method: 'GET', path: '/users/{id}/posts/{post}', handler: () => 'ok' },
      { method: 'GET', path: '/files/{rest*}', handler: () => 'ok' },
    ]);
    await hapi.start();
    return { port: Number(hapi.info.port), close: () => hapi.stop({ timeout: 0 }) };
  },

  async 'Hono 4 on Node.js, and one line'() {
    const load = await frameworks();
    const { Hono } = load('hono');
    const { routePath } = load('hono/route');
    const { getRequestListener } = load('@hono/node-server');
    const app = new Hono();
    app.use(async (c: { env: { incoming: WithRoute } }, next: () => Promise<void>) => {
      await next();
      c.env.incoming.route = { path: routePath(c, -1) };
    });
    const answer = (c: { text(text: string): Response }) => c.text('ok');
    app.get('/users/:id/posts/:post', answer).get('/files/*', answer);
    return serveListener(getRequestListener(app.fetch));
  },

  async 'h3 1, and one line'() {
    const { createApp, createRouter, eventHandler, toNodeListener } = (await frameworks())('h3');
    interface Event {
      node: { req: WithRoute };
      context: { matchedRoute?: { path: string } };
    }
    const app = createApp({
      onBeforeResponse({ node, context }: Event) {
        if (context.matchedRoute) node.req.route = { path: context.matchedRoute.path };
      },
    });
    const router = createRouter();
    router.get(
      '/users/:id/posts/:post',
      eventHandler(() => 'ok'),
    );
    router.get(
      '/files/**',
      eventHandler(() => 'ok'),
    );
    return serveListener(toNodeListener(app.use(router)));
  },
};

const PAGES = {
  '/users/7/posts/a%2Fb?x=1': '/users/:id/posts/:post',
  '/users/8/posts/8': '/users/:id/posts/:post',
  '/files/x': '/files/x',
  '/files/a/b?x': '/files/a/b',
  '/missing/': '/missing',
};

let observer: Observer;
let app: Served | undefined;
beforeEach(async () => {
  observer = await startObserver();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await observer.stop();
});

describe.each(Object.entries(APPLICATIONS))('%s', (_name, start) => {
  it('has a page for each route, and for each path where a catch-all, or nothing, matched', async () => {
    app = await start();
    for (const path of Object.keys(PAGES)) {
      await fetch(`http://127.0.0.1:${app.port}${path}`, { headers: { connection: 'close' } });
    }
    const logs = await observer.logs();
    const pages = logs.map((log) => {
      const { pageref, request } = entryOf(log);
      const page = pageref.replace(/^http:\/\/[^/]+/, '').replace(/\{(\w+)\}/g, ':$1');
      return [request.url.replace(/^http:\/\/[^/]+/, ''), page];
    });
    expect(Object.fromEntries(pages)).toEqual(PAGES);
  });
});
