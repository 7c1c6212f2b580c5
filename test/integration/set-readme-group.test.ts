import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { server as createHapi } from '@hapi/hapi';
import express from 'express';
import fastify from 'fastify';
import Koa from 'koa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ReadmeGroup, setReadmeGroup } from '../../src/index';
import { maskOfCaller } from '../../src/redaction/mask';
import type { Application } from '../support/bench';
import { send } from '../support/http-client';
import { closeServer, listen, type Observer, serve, startObserver } from '../support/observe';
import { collectWarnings } from '../support/warnings';

const warnings = collectWarnings();
let observer: Observer;
beforeAll(async () => {
  observer = await startObserver();
});
beforeEach(() => observer.metrics.clear());
afterAll(() => observer.stop());

/** The caller that the test's middleware names: whoever the header `User` says. */
function callerOf(headers: Record<string, unknown>): ReadmeGroup {
  return { apiKey: `key-of-${headers.user}`, label: String(headers.user) };
}

/** Applications whose middleware calls setReadmeGroup, with what it has of the request or with nothing. */
const frameworks: Record<string, (withRequest: boolean) => Promise<Application>> = {
  async 'Express middleware'(withRequest) {
    const app = express();
    app.use(async (req, _res, next) => {
      await sleep(5);
      if (withRequest) setReadmeGroup(callerOf(req.headers), req);
      else setReadmeGroup(callerOf(req.headers));
      next();
    });
    app.get('/', (_req, res) => void res.send('hoot'));
    const server = createServer(app);
    return { port: await listen(server), close: () => closeServer(server) };
  },
  async 'a Fastify hook'(withRequest) {
    const app = fastify();
    app.addHook('onRequest', async (request) => {
      await sleep(5);
      if (withRequest) setReadmeGroup(callerOf(request.headers), request);
      else setReadmeGroup(callerOf(request.headers));
    });
    app.get('/', async () => 'hoot');
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { port: Number(new URL(url).port), close: () => app.close() };
  },
  async 'Koa middleware'(withRequest) {
    const app = new Koa();
    app.use(async (ctx, next) => {
      await sleep(5);
      if (withRequest) setReadmeGroup(callerOf(ctx.headers), ctx);
      else setReadmeGroup(callerOf(ctx.headers));
      await next();
    });
    app.use((ctx) => {
      ctx.body = 'hoot';
    });
    const server = createServer(app.callback());
    return { port: await listen(server), close: () => closeServer(server) };
  },
  async 'a Hapi extension'(withRequest) {
    const hapi = createHapi({ port: 0, host: '127.0.0.1', debug: false });
    hapi.ext('onPreHandler', async (request, h) => {
      await sleep(5);
      if (withRequest) setReadmeGroup(callerOf(request.headers), request);
      else setReadmeGroup(callerOf(request.headers));
      return h.continue;
    });
    hapi.route({ method: 'GET', path: '/', handler: () => 'hoot' });
    await hapi.start();
    return { port: Number(hapi.info.port), close: () => hapi.stop({ timeout: 0 }) };
  },
};

describe.each(Object.entries(frameworks))('setReadmeGroup in %s', (_, start) => {
  it.each([
    ['with the request of the framework', true],
    ['without an argument', false],
  ])('names the callers of concurrent requests, called %s', async (_name, withRequest) => {
    const application = await start(withRequest);
    const users = ['owlbert', 'owlivia', 'owlfred', 'owlma'];
    await Promise.all(users.map((User) => send(application, { path: '/', headers: { User } })));
    const logs = await observer.logs();
    await application.close();
    expect(logs.map(({ group }) => group.label).sort()).toEqual([...users].sort());
    for (const { group, request } of logs) {
      expect(group.id).toBe(maskOfCaller(`key-of-${group.label}`));
      expect(JSON.stringify(request)).toContain(group.label);
    }
  });
});

describe('setReadmeGroup', () => {
  async function logsOf(handler: Parameters<typeof serve>[0], calls = 1) {
    const { port, close } = await serve(handler);
    for (let call = 0; call < calls; call++) await send({ port }, { path: '/' });
    const logs = await observer.logs();
    await close();
    return logs;
  }

  it('wins over the grouping function, and the last call wins', async () => {
    const logs = await logsOf((_req, res) => {
      setReadmeGroup({ apiKey: 'first-key' });
      setReadmeGroup({ apiKey: 'second-key', label: 'Second' });
      res.end();
    });
    expect(logs.map(({ group }) => group)).toEqual([
      { id: maskOfCaller('second-key'), label: 'Second' },
    ]);
  });

  it('may be called while the response is being written', async () => {
    const logs = await logsOf(async (_req, res) => {
      res.write('ho');
      await sleep(10);
      setReadmeGroup({ apiKey: 'late-key', label: 'Late' });
      res.end('ot');
    });
    expect(logs[0]?.group.label).toBe('Late');
  });

  it('keeps an exchange out of the logs with null', async () => {
    const logs = await logsOf((_req, res) => {
      setReadmeGroup(null);
      res.end();
    });
    expect(logs).toEqual([]);
  });

  it('finds the request in timers, promises and stream callbacks', async () => {
    const logs = await logsOf((req, res) => {
      req.resume().on('end', () => {
        setTimeout(async () => {
          await Promise.resolve();
          setReadmeGroup({ apiKey: 'deep-key', label: 'Deep' });
          res.end();
        });
      });
    });
    expect(logs[0]?.group.label).toBe('Deep');
  });

  it('never throws, whatever it is given and wherever it is called', async () => {
    setReadmeGroup({ apiKey: 'outside' });
    for (const strange of [null, 42, 'request', {}, { raw: null }, { req: {} }]) {
      setReadmeGroup({ apiKey: 'strange' }, strange as never);
    }
    const logs = await logsOf((_req, res) => {
      setReadmeGroup('not a group' as never);
      setReadmeGroup('still not a group' as never);
      res.end();
    }, 3);
    expect(logs).toEqual([]);
    expect(warnings.map(({ code }) => code)).toEqual(['README_GROUP_UNUSABLE']);
    expect(warnings[0]?.message).not.toContain('not a group');
  });
});
