import type { IncomingMessage } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setReadmeGroup } from '../../src/index';
import type { ReceivedLog } from '../../src/local/metrics-server';
import { mask, maskOfCaller } from '../../src/redaction/mask';
import { type Call, send } from '../support/http-client';
import { type Handler, type Observer, serve, startObserver } from '../support/observe';
import { spellingsOf, textsOf } from '../support/texts';

const KEY = 'owl-key-0123456789';
/** Holds what JSON, forms and URLs each write in another way. */
const ODD_KEY = `it's "a" (key)/with+all & 100% \\ é€!`;

/** Bytes that are text in no charset that is tried. */
const NO_TEXT = Buffer.of(0xff, 0x00, 0xfe);

const JSON_HEADERS = { 'Content-Type': 'application/json' };
const FORM_HEADERS = { 'Content-Type': 'application/x-www-form-urlencoded' };
const unicodeEscaped = (text: string) =>
  JSON.stringify(text)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
const everyByteEscaped = (text: string) => Buffer.from(text).toString('hex').replace(/../g, '%$&');

let observer: Observer;
beforeAll(async () => {
  observer = await startObserver({ groupingFunction: () => null });
});
afterAll(() => observer.stop());

/** Logs one exchange of the caller with the key. */
async function logOf(key: string | number, call: Call, handler: Handler): Promise<ReceivedLog> {
  observer.metrics.clear();
  const { port, close } = await serve((req, res) => {
    setReadmeGroup({ apiKey: key });
    handler(req, res);
  });
  await send({ port }, call);
  const [log] = await observer.logs();
  await close();
  expect(log?.group.id).toBe(maskOfCaller(String(key)));
  return log as ReceivedLog;
}

function expectNoKey(log: ReceivedLog, key: string): void {
  for (const text of textsOf(log)) {
    for (const spelling of spellingsOf(text)) expect(spelling).not.toContain(key);
  }
}

const post = (headers: Record<string, string>, body: string | Buffer): Call => ({
  method: 'POST',
  path: '/',
  headers,
  body,
});
const ok: Handler = (req, res) => req.resume().on('end', () => res.end('ok'));

describe.each([
  ['plain', KEY],
  ['odd', ODD_KEY],
])('the key of a caller (%s) never leaves the process', (_, key) => {
  const encoded = encodeURIComponent(key);
  const form = new URLSearchParams({ key, q: '1' }).toString();

  it.each<[string, Call]>([
    ['the query', { path: `/?api_key=${encoded}&q=1` }],
    ['the query as a form writes it', { path: `/?${form}` }],
    ['the query with every byte escaped', { path: `/?k=${everyByteEscaped(key)}` }],
    ['the query as a name', { path: `/?${encoded}` }],
    ['the path with every byte escaped', { path: `/keys/${everyByteEscaped(key)}/uses` }],
    ['the path', { path: `/keys/${encoded}/uses` }],
    [
      'the Referer',
      { path: '/', headers: { Referer: `https://a.example/?k=${encoded}#${encoded}` } },
    ],
    ['a Cookie', { path: '/', headers: { Cookie: `a=1; key=${encoded}; b=2` } }],
    ['a header', { path: '/', headers: { 'X-Key': encoded } }],
    ['JSON', post(JSON_HEADERS, JSON.stringify({ deep: [{ key, text: `<${key}>` }] }))],
    ['JSON in ASCII', post(JSON_HEADERS, `{"key":${unicodeEscaped(key)}}`)],
    ['a form', post(FORM_HEADERS, form)],
    [
      'a form with lower-case escapes',
      post(
        FORM_HEADERS,
        form.replace(/%../g, (e) => e.toLowerCase()),
      ),
    ],
    ['text', post({ 'Content-Type': 'text/plain' }, `my key is ${key}.`)],
    ['a body without type', post({}, key)],
    [
      'UTF-16',
      post({ 'Content-Type': 'text/plain; charset=utf-16le' }, Buffer.from(key, 'utf16le')),
    ],
    [
      'gzip',
      post({ ...JSON_HEADERS, 'Content-Encoding': 'gzip' }, gzipSync(JSON.stringify({ key }))),
    ],
    [
      'binary',
      post({ 'Content-Type': 'application/x-owl' }, Buffer.concat([NO_TEXT, Buffer.from(key)])),
    ],
    [
      'multipart',
      post(
        { 'Content-Type': 'multipart/form-data; boundary=owl' },
        Buffer.concat([
          Buffer.from(`--owl\r\nContent-Disposition: form-data; name="key"\r\n\r\n${key}\r\n`),
          Buffer.from('--owl\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'),
          NO_TEXT,
          Buffer.from('\r\n--owl--\r\n'),
        ]),
      ),
    ],
  ])('in %s of a request', async (_name, call) => {
    const log = await logOf(key, call, ok);
    expectNoKey(log, key);
  });

  it.each<[string, Handler]>([
    [
      'JSON',
      (_req, res) => res.setHeader('Content-Type', 'application/json').end(JSON.stringify({ key })),
    ],
    ['text in pieces', (_req, res) => res.write(key.slice(0, 5), () => res.end(key.slice(5)))],
    ['Location', (_req, res) => res.writeHead(302, { Location: `/?key=${encoded}` }).end()],
    [
      'Set-Cookie',
      (_req, res) => res.writeHead(200, { 'Set-Cookie': `k=${encoded}; Path=/` }).end(),
    ],
    ['a header', (_req, res) => res.writeHead(200, { 'X-Echo': encoded }).end()],
    ['gzip', (_req, res) => res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(key))],
    [
      'br',
      (_req, res) => res.writeHead(200, { 'Content-Encoding': 'br' }).end(brotliCompressSync(key)),
    ],
    [
      'UTF-16',
      (_req, res) =>
        res
          .writeHead(200, { 'Content-Type': 'text/plain; charset=utf-16le' })
          .end(Buffer.from(key, 'utf16le')),
    ],
  ])('in %s of a response', async (_name, handler) => {
    const log = await logOf(key, { path: '/' }, handler);
    expectNoKey(log, key);
  });
});

describe('the key of a caller', () => {
  const basic = (user: string) => `Basic ${Buffer.from(`${user}:pass`).toString('base64')}`;

  it('is masked in credentials', async () => {
    for (const Authorization of [`Bearer ${KEY}`, basic(KEY), KEY]) {
      const headers = { Authorization, 'Proxy-Authorization': Authorization };
      const log = await logOf(KEY, { path: '/', headers }, ok);
      expectNoKey(log, KEY);
      expect(JSON.stringify(log)).not.toContain(basic(KEY).slice(6));
      const sent = log.request.log.entries[0].request.headers;
      expect(sent).toContainEqual({ name: 'Authorization', value: mask(Authorization) });
    }
  });

  it.each(['abc123', 42])(
    'of few characters is masked where it is a whole value: %s',
    async (key) => {
      const path = `/?api_key=${key}&page=2`;
      const headers = { 'X-Key': String(key), 'X-Auth': `Token ${key}` };
      const log = await logOf(key, { path, headers }, ok);
      const { request } = log.request.log.entries[0];
      expect(request.url).toContain(`?api_key=${encodeURIComponent(mask(String(key)))}&page=2`);
      expect(request.queryString[0]).toEqual({ name: 'api_key', value: mask(String(key)) });
      expect(request.headers).toContainEqual({ name: 'X-Key', value: mask(String(key)) });
      expect(request.headers).toContainEqual({
        name: 'X-Auth',
        value: `Token ${mask(String(key))}`,
      });
    },
  );

  it('stays out of the status text', async () => {
    expectNoKey(
      await logOf(KEY, { path: '/' }, (_req, res) => res.writeHead(400, `no ${KEY}`).end()),
      KEY,
    );
  });

  it('stays out of the label and the e-mail address', async () => {
    const log = await logOf(KEY, { path: '/' }, (_req, res) => {
      setReadmeGroup({ apiKey: KEY, label: KEY, email: `${KEY}@example.com` });
      res.end();
    });
    expectNoKey(log, KEY);
  });

  it('stays out of the route of an Express router that is mounted on a parameter', async () => {
    const app = express();
    const router = express.Router();
    router.get('/uses', (_req, res) => void res.send('ok'));
    app.use('/keys/:key', router);
    const log = await logOf(KEY, { path: `/keys/${KEY}/uses` }, (req: IncomingMessage, res) =>
      app(req, res),
    );
    expectNoKey(log, KEY);
  });

  it('stays out of a body that is cut off', async () => {
    const text = `${'x'.repeat(1_048_576 - 10)}${KEY}`;
    const log = await logOf(KEY, post({ 'Content-Type': 'text/plain' }, text), ok);
    const kept = log.request.log.entries[0].request.postData?.text ?? '';
    expect(kept.length).toBeGreaterThan(1_000_000);
    expect(kept.slice(-16)).not.toContain(KEY.slice(0, 10));
  });
});
