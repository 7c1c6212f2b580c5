import { createRequire } from 'node:module';
import express5, { type Express, type NextFunction, type Request, type Response } from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExpressModule } from '../../support/express-app';
import { frameworks } from '../../support/frameworks';
import { entryOf, type Observer, serve, startObserver } from '../../support/observe';

let observer: Observer;
beforeEach(async () => {
  observer = await startObserver();
});
afterEach(() => observer.stop());

/** The path of the page of each request, in their order. */
async function pagesOf(app: Express, paths: readonly string[]): Promise<string[]> {
  const api = await serve(app);
  for (const path of paths) {
    await fetch(`http://127.0.0.1:${api.port}${path}`, { headers: { connection: 'close' } });
  }
  const logs = await observer.logs();
  await api.close();
  return logs.map((log) => entryOf(log).pageref.replace(/^http:\/\/[^/]+/, ''));
}

const ok = (_req: Request, res: Response) => void res.end('ok');

// Aliases, which have no types of their own.
const load = createRequire(import.meta.url);
const modules: [string, () => Promise<ExpressModule>][] = [
  ['Express 4', async () => load('express4')],
  ['Express 5', async () => express5],
  // Its router does not keep the paths that its layers were made of.
  ['Express 5.1', async () => (await frameworks())('express51')],
];

describe.each(modules)('%s without tracing', (name, loadExpress) => {
  const is4 = name === 'Express 4';

  it('has the parameters of mount paths in the page, one page for all of their values', async () => {
    const express = await loadExpress();
    const orders = express.Router();
    orders.get('/orders/:oid', ok);
    orders.get('/', ok);
    orders.get('/later', (_req, res) => void setImmediate(() => res.end('ok')));
    const version = express.Router();
    version.use('/users/:uid', orders);
    const app = express().use('/v:version', version).use('/static', version);
    expect(
      await pagesOf(app, [
        '/v2/users/42/orders/7',
        '/v1/users/a%2Fb/orders/7?q',
        '/static/users/42',
        '/static/users/42/',
        '/static/users/42/later',
      ]),
    ).toEqual([
      // A parameter within a segment is known from its path alone.
      name === 'Express 5.1' ? '/v2/users/42/orders/:oid' : '/v:version/users/:uid/orders/:oid',
      name === 'Express 5.1' ? '/v1/users/a%2Fb/orders/:oid' : '/v:version/users/:uid/orders/:oid',
      '/static/users/:uid',
      '/static/users/:uid',
      '/static/users/:uid/later',
    ]);
  });

  it('does not take the value of a parameter for a part of the path that is equal to it', async () => {
    const express = await loadExpress();
    const router = express.Router().get('/:item', ok);
    const app = express().use('/users/:uid', router);
    expect(await pagesOf(app, ['/users/7/7', '/users/orders/users'])).toEqual([
      '/users/:uid/:item',
      '/users/:uid/:item',
    ]);
  });

  it('has the parameters of mount paths of an error that has left their router', async () => {
    const express = await loadExpress();
    const router = express.Router();
    router.get('/:item', () => {
      throw new Error('on purpose');
    });
    const app = express().use('/users/:uid', router);
    app.use((_error: Error, _req: Request, res: Response, _next: NextFunction) => {
      res.status(500).end();
    });
    expect(await pagesOf(app, ['/users/7/8'])).toEqual(['/users/:uid/:item']);
  });

  it('has the mount paths of applications in applications', async () => {
    const express = await loadExpress();
    const inner = express().use('/:uid', express.Router().get('/orders/:oid', ok));
    inner.get('/all', ok);
    const outer = express().use(['/people', '/users/of/:tenant'], inner);
    const app = express().use('/api', outer);
    expect(
      await pagesOf(app, ['/api/people/all', '/api/users/of/owls/all', '/api/people/42/orders/7']),
    ).toEqual(['/api/people/all', '/api/users/of/:tenant/all', '/api/people/:uid/orders/:oid']);
  });

  it('names of an array of paths the one that has matched', async () => {
    const express = await loadExpress();
    const router = express.Router().get(['/first/:id', '/second/:name/x'], ok);
    const app = express().get(['/a/:x', '/b'], ok);
    app.use(['/left/:l', '/right'], router);
    expect(
      await pagesOf(app, ['/a/1', '/b', '/left/1/first/2', '/right/second/3/x', '/b/']),
    ).toEqual(['/a/:x', '/b', '/left/:l/first/:id', '/right/second/:name/x', '/b']);
  });

  it('names a RegExp by its text, as tracing does: one page for all paths that it matches', async () => {
    const express = await loadExpress();
    const app = express().get(/^\/files\/(\d+)$/, ok);
    app.use('/users/:uid', express.Router().get(/^\/\d+$/, ok));
    expect(await pagesOf(app, ['/files/1', '/files/2', '/users/7/8'])).toEqual([
      '/^\\/files\\/(\\d+)$/',
      '/^\\/files\\/(\\d+)$/',
      '/users/:uid/^\\/\\d+$/',
    ]);
  });

  it('gives every path its own page where a catch-all matched', async () => {
    const express = await loadExpress();
    const app = express();
    app.get(is4 ? '/files/*' : '/files/*rest', ok);
    app.get(/^\/assets\/.*/, ok);
    app.use('/in/:x', express.Router().get(is4 ? '*' : '/{*all}', ok));
    app.get(is4 ? '*' : '/{*splat}', ok);
    const paths = ['/files/a/b', '/assets/x.js', '/in/1/x', '/any/thing', '/'];
    expect(await pagesOf(app, paths)).toEqual(paths);
  });

  it('has one page for a path with and without a slash at its end', async () => {
    const express = await loadExpress();
    const app = express().use('/posts', express.Router().get('/', ok)).get('/plain', ok);
    expect(await pagesOf(app, ['/posts', '/posts/', '/plain/', '/missing/', '/'])).toEqual([
      '/posts',
      '/posts',
      '/plain',
      '/missing',
      '/',
    ]);
  });

  it('finds a router that is mounted after the first requests', async () => {
    const express = await loadExpress();
    const app = express().use('/a/:x', express.Router().get('/first', ok));
    app.get('/mount', (_req, res) => {
      app.use('/b/:y', express.Router().get('/second', ok));
      res.end();
    });
    expect(await pagesOf(app, ['/a/1/first', '/mount', '/b/1/second'])).toEqual([
      '/a/:x/first',
      '/mount',
      '/b/:y/second',
    ]);
  });
});
