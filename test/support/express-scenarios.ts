import { gunzipSync } from 'node:zlib';
import compression from 'compression';
import type { Express } from 'express';
import multer from 'multer';
import { expect, it } from 'vitest';
import type { Bench } from './bench';
import type { ExpressModule } from './express-app';
import { postJson } from './scenarios';

const PUBLIC = new URL('./public', import.meta.url).pathname;
const LIST = Array.from({ length: 500 }, (_, id) => ({ id, said: 'Owlbert says hé' }));

/** Routes for the scenarios that only Express has. */
export function addExpressRoutes(express: ExpressModule): (app: Express) => void {
  return (app) => {
    const upload = multer({ storage: multer.memoryStorage() });
    app.post('/upload', upload.single('avatar'), ({ file, body }, res) => {
      res.json({ file: file?.originalname, bytes: file?.buffer.toString('hex'), ...body });
    });
    app.post('/text', express.text({ type: '*/*' }), (req, res) => void res.send(req.body));
    app.post('/raw', express.raw({ type: '*/*' }), (req, res) => {
      res.type('application/x-owl').send(req.body);
    });
    app.get('/compressed', compression({ threshold: 0 }), (_req, res) => void res.json(LIST));
    app.use('/public', express.static(PUBLIC));
    app.all('/renamed/:id', (req, _res, next) => {
      req.method = 'PUT';
      req.url = '/private';
      next();
    });
    app.use('/private', (_req, res) => void res.status(401).json({ error: 'who are you?' }));
    app.get('/old', (_req, res) => res.redirect(301, '/new?from=old'));
    app.get(
      '/cookie',
      (_req, res) => void res.cookie('session', 'tasty', { httpOnly: true }).end(),
    );
    const inner = express();
    inner.disable('x-powered-by');
    inner.get('/items/:item', (req, res) => void res.json(req.params));
    app.use('/inner', inner);
    app.get(/^\/pattern\/\d+$/, (_req, res) => void res.json({ matched: true }));
  };
}

export function itIsSeenThroughExpress(bench: Bench): void {
  it('logs a response that `compression` has packed as the plain JSON it was', async () => {
    const headers = { 'Accept-Encoding': 'gzip' };
    const { answer, entry } = await bench.compare({ path: '/compressed', headers });
    expect(JSON.parse(gunzipSync(answer.body).toString())).toEqual(LIST);
    expect(entry.response.content.text).toBe(JSON.stringify(LIST));
    expect(entry.response.headers).toContainEqual({ name: 'Content-Encoding', value: 'gzip' });
    expect(entry.response.bodySize).toBeLessThan(entry.response.content.size / 4);
  });

  it('logs an upload that `multer` takes apart, and the application gets its file', async () => {
    const part = (disposition: string, body: string) =>
      `--owl\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${body}\r\n`;
    const { answer, entry } = await bench.compare({
      method: 'POST',
      path: '/upload',
      headers: { 'Content-Type': 'multipart/form-data; boundary=owl' },
      body: Buffer.from(
        `${part('name="name"', 'Owlbert')}${part('name="avatar"; filename="owl.png"', '\xff\x00\xfe')}--owl--\r\n`,
        'latin1',
      ),
    });
    expect(JSON.parse(answer.body.toString())).toEqual({
      file: 'owl.png',
      bytes: 'ff00fe',
      name: 'Owlbert',
    });
    expect(entry.request).toHaveProperty('postData');
  });

  it('logs a body that `express.text` reads', async () => {
    const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
    const body = 'hé €';
    const { entry } = await bench.compare({ method: 'POST', path: '/text', headers, body });
    expect(entry.response.content.text).toBe(body);
  });

  it('logs a body that `express.raw` reads, text or not', async () => {
    const headers = { 'Content-Type': 'application/x-owl' };
    const body = Buffer.of(0xff, 0x00, 0xfe);
    const { entry } = await bench.compare({ method: 'POST', path: '/raw', headers, body });
    expect(entry.request.postData?.text).toBe('/wD+');
    expect(entry.response.content.encoding).toBe('base64');
  });

  it('logs files of `express.static`, whole, in part, not modified and missing', async () => {
    const { answer } = await bench.compare({ path: '/public/owlbert.txt' });
    const etag = answer.headers.find(([name]) => name === 'ETag')?.[1] ?? '';
    for (const [path, headers, status] of [
      ['/public/owlbert.txt', { Range: 'bytes=0-6' }, 206],
      ['/public/owlbert.txt', { 'If-None-Match': etag }, 304],
      ['/public/owlfred.txt', {}, 404],
    ] as const) {
      const { entry } = await bench.compare({ path, headers });
      expect(entry.response.status).toBe(status);
    }
  });

  it('logs what a middleware answers before any route', async () => {
    const { entry } = await bench.compare({ path: '/private/area?x=1' });
    expect(entry.response.status).toBe(401);
    expect(new URL(entry.pageref).pathname).toBe('/private/area');
  });

  it('logs method and URL as they were sent, though a middleware has changed them', async () => {
    const { entry } = await bench.compare({ method: 'POST', path: '/renamed/7?x=1' });
    expect(entry.response.status).toBe(401);
    await bench.compare({ method: 'HEAD', path: '/renamed/7' });
  });

  it('logs a redirect with its target', async () => {
    const { entry } = await bench.compare({ path: '/old' });
    expect(entry.response.redirectURL).toBe('/new?from=old');
  });

  it('names the route of an application mounted in another one', async () => {
    const { entry } = await bench.compare({ path: '/inner/items/9' });
    expect(new URL(entry.pageref).pathname).toBe('/inner/items/:item');
  });

  it('names a route that is a RegExp by its text', async () => {
    const { entry } = await bench.compare({ path: '/pattern/12?q' });
    expect(entry.pageref.replace(/^http:\/\/[^/]+/, '')).toBe('/^\\/pattern\\/\\d+$/');
  });

  it('names the route of an error that a nested router leaves to the application', async () => {
    const { entry } = await bench.compare({ path: '/api/users/7/broken' });
    expect(entry.response.status).toBe(500);
    expect(new URL(entry.pageref).pathname).toBe('/api/users/:id/broken');
  });

  it('logs cookies without their values', async () => {
    const { logs } = await bench.compareSeen(async ({ port }) => {
      const response = await fetch(`http://127.0.0.1:${port}/cookie`, {
        headers: { connection: 'close' },
      });
      return { cookies: response.headers.getSetCookie() };
    });
    const { response } = logs[0]?.request.log.entries[0] ?? {};
    expect(response?.headers).toContainEqual({
      name: 'Set-Cookie',
      value: 'session=[REDACTED 5]; Path=/; HttpOnly',
    });
    expect(JSON.stringify(logs)).not.toContain('tasty');
  });

  it('logs a body over the limit of the parser, and the 413 for it', async () => {
    const { entry } = await bench.compare(postJson('/echo', { text: 'x'.repeat(800_000) }));
    expect(entry.response.status).toBe(413);
  });
}
