import express from 'express';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Observer, serve, startObserver } from '../support/observe';
import { rawExchange } from '../support/raw-client';

let observer: Observer;
beforeEach(async () => {
  observer = await startObserver();
});
afterEach(() => observer.stop());

it.each([
  ['/plain', 'http://other/plain'],
  ['/mounted/7', 'http://other/mounted/:id'],
])(
  'no user name and password of a target in absolute-form is in the page of %s',
  async (path, pageref) => {
    const app = express();
    const router = express.Router();
    router.get('/:id', (_req, res) => void res.end('ok'));
    app.use('/mounted', router);
    app.get('/plain', (_req, res) => void res.end('ok'));
    const api = await serve(app);
    const request = `GET http://user:PW-SECRET@other${path} HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n`;
    await rawExchange(api.port, [request]);
    const [log] = await observer.logs();
    expect(log?.request.log.entries[0].pageref).toBe(pageref);
    expect(JSON.stringify(log)).not.toContain('PW-SECRET');
    await api.close();
  },
);
