import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mask, maskOfCaller } from '../../src/redaction/mask';
import { entryOf, type Handler, type Observer, serve, startObserver } from '../support/observe';
import { rawExchange } from '../support/raw-client';

const KEY = 'owlbert-api-key';
const SECRET = 'the-denied-value';
let observer: Observer | undefined;

beforeEach(() => {
  observer = undefined;
});
afterEach(() => observer?.stop());

async function logOf(
  options: Parameters<typeof startObserver>[0],
  handler: Handler,
  path: string,
  init: RequestInit,
): Promise<{ log: NonNullable<Awaited<ReturnType<Observer['logs']>>[number]>; payload: string }> {
  observer = await startObserver(options);
  const api = await serve(handler);
  await fetch(`http://127.0.0.1:${api.port}${path}`, { redirect: 'manual', ...init }).then((r) =>
    r.text(),
  );
  const [log] = await observer.logs();
  await api.close();
  if (log === undefined) throw new Error('there is no log');
  return { log, payload: JSON.stringify(log) };
}

describe('a denied name', () => {
  it.each([
    ['as the list has it', 'password'],
    ['in capitals', 'PASSWORD'],
    ['in mixed case', 'PassWord'],
  ])(
    '%s loses its value in headers, query, form, JSON, Referer and Location',
    async (_how, name) => {
      const handler: Handler = (req, res) => {
        req.resume();
        res.writeHead(302, {
          [name]: SECRET,
          Location: `/next?${name}=${SECRET}#${name}=${SECRET}`,
          'Content-Type': 'application/json',
        });
        res.end(JSON.stringify({ [name]: SECRET, kept: 'kept-value' }));
      };
      const headers = { [name]: SECRET, referer: `http://h/?${name}=${SECRET}&x=kept-referer` };
      const path = `/p?${name}=${SECRET}&page=kept-page`;
      for (const body of [
        new URLSearchParams({ [name]: SECRET, field: 'kept-field' }),
        JSON.stringify({ [name]: SECRET, field: 'kept-field' }),
        JSON.stringify([{ [name]: { deep: SECRET }, field: 'kept-field' }]),
      ]) {
        const { payload, log } = await logOf({ denylist: ['password'] }, handler, path, {
          method: 'POST',
          headers,
          body,
        });
        expect(payload).not.toContain(SECRET);
        for (const kept of ['kept-value', 'kept-referer', 'kept-page', 'kept-field']) {
          expect(payload).toContain(kept);
        }
        const { request, response } = entryOf(log);
        expect(request.url).toContain(`${name}=%5BREDACTED%2016%5D&page=kept-page`);
        expect(request.queryString[0]).toEqual({ name, value: '%5BREDACTED%2016%5D' });
        expect(response.redirectURL).toBe(
          `/next?${name}=%5BREDACTED%2016%5D#${name}=%5BREDACTED%2016%5D`,
        );
        await observer?.stop();
        observer = undefined;
      }
    },
  );

  it('is hidden in the text and the markup of a redirect too', async () => {
    const target = `/reset?token=${SECRET}&next=/home`;
    for (const body of [
      `Found. Redirecting to ${target}`,
      `<p>Found. Redirecting to <a href="${target.replace('&', '&amp;')}">here</a></p>`,
      `<a href='/x?a=1&amp;token=${SECRET}'>`,
    ]) {
      const handler: Handler = (_req, res) => {
        res.writeHead(302, { Location: target, 'Content-Type': 'text/html' }).end(body);
      };
      const { payload } = await logOf({ denylist: ['token'] }, handler, '/', {});
      expect(payload).not.toContain(SECRET);
      await observer?.stop();
      observer = undefined;
    }
  });

  it('of a route without a template is in no pageref', async () => {
    const { log } = await logOf(
      { denylist: ['t'] },
      (_req, res) => res.end(),
      `/p?t=${SECRET}`,
      {},
    );
    expect(entryOf(log).pageref).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/p$/);
  });
});

describe('an allowlist', () => {
  it('leaves everything else with a name out, name and value', async () => {
    const { payload, log } = await logOf(
      { allowlist: ['visible'] },
      (req, res) => {
        req.resume();
        res.setHeader('X-Hidden', SECRET);
        res.end(JSON.stringify({ visible: 1, hidden: SECRET }));
      },
      `/p?visible=1&hidden=${SECRET}`,
      { method: 'POST', headers: { visible: 'yes', hidden: SECRET }, body: `hidden=${SECRET}` },
    );
    expect(payload).not.toContain(SECRET);
    expect(payload).not.toContain('hidden');
    const { request, response } = entryOf(log);
    expect(request.headers).toEqual([{ name: 'visible', value: 'yes' }]);
    expect(request.queryString).toEqual([{ name: 'visible', value: '1' }]);
    expect(response.headers).toEqual([]);
    expect(response.content.text).toBe('{"visible":1}');
  });
});

describe('the caller’s API key', () => {
  it('is in no log, wherever it was: also not in a compressed body', async () => {
    const form = new URLSearchParams({ key: KEY }).toString();
    const { payload, log } = await logOf(
      {},
      (req, res) => {
        req.resume();
        res.setHeader('Content-Encoding', 'gzip');
        res.setHeader('X-Echo', `key ${KEY}`);
        res.end(gzipSync(JSON.stringify({ key: KEY, kept: 'kept-value' })));
      },
      `/users/${KEY}?k=${KEY}`,
      {
        method: 'POST',
        body: form,
        headers: {
          authorization: `Bearer ${KEY}`,
          'x-api-key': KEY,
          cookie: `k=${KEY}`,
          referer: `http://h/?k=${KEY}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
      },
    );
    expect(payload).not.toContain(KEY);
    expect(log.group.id).toBe(maskOfCaller(KEY));
    const { request, response } = entryOf(log);
    expect(request.headers).toContainEqual({ name: 'authorization', value: mask(`Bearer ${KEY}`) });
    expect(request.headers).toContainEqual({ name: 'x-api-key', value: mask(KEY) });
    expect(request.postData?.params).toEqual([{ name: 'key', value: mask(KEY) }]);
    expect(JSON.parse(response.content.text ?? '')).toEqual({ key: mask(KEY), kept: 'kept-value' });
  });

  it('is found by groupByApiKey in a header that comes twice, and in the usual spellings', async () => {
    observer = await startObserver();
    const api = await serve((_req, res) => res.end('ok'));
    const requests = [
      `GET / HTTP/1.1\r\nHost: a\r\nX-Api-Key: ${KEY}\r\nX-Api-Key: ${KEY}`,
      `GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Token ${KEY}`,
      `GET / HTTP/1.1\r\nHost: a\r\nAuthorization: ApiKey ${KEY}`,
      `GET /?apiKey=${KEY} HTTP/1.1\r\nHost: a`,
      `GET /?api-key=${KEY} HTTP/1.1\r\nHost: a`,
    ];
    for (const head of requests) {
      await rawExchange(api.port, [`${head}\r\nConnection: close\r\n\r\n`]);
    }
    const logs = await observer.logs();
    await api.close();
    expect(logs.map(({ group }) => group.id)).toEqual(requests.map(() => maskOfCaller(KEY)));
    expect(JSON.stringify(logs)).not.toContain(KEY);
  });

  it('is not there in a body whose content-encoding cannot be undone', async () => {
    const { log } = await logOf(
      {},
      (_req, res) => res.writeHead(200, { 'Content-Encoding': 'x-own' }).end(`own ${KEY}`),
      '/',
      { headers: { authorization: `Bearer ${KEY}` } },
    );
    expect(entryOf(log).response.content).toEqual({
      size: 19,
      mimeType: 'text/plain',
      text: '[REDACTED 19 bytes: could not be filtered]',
      comment: 'withheld: its content-encoding cannot be undone',
    });
  });

  it.each<[string, Handler]>([
    [
      'in UTF-16',
      (_req, res) => {
        res.setHeader('Content-Type', 'application/json; charset=utf-16le');
        res.end(Buffer.from(JSON.stringify({ key: KEY }), 'utf16le'));
      },
    ],
    [
      'in the status text',
      (_req, res) => {
        res.statusMessage = `no ${KEY}`;
        res.end();
      },
    ],
    ['where maxBodyBytes cuts a text', (_req, res) => res.end(`${'x'.repeat(95)}${KEY}`)],
    [
      'where maxBodyBytes cuts a UTF-16 text',
      (_req, res) => {
        res.setHeader('Content-Type', 'text/plain; charset=utf-16le');
        res.end(Buffer.from(`${'x'.repeat(40)}${KEY}`, 'utf16le'));
      },
    ],
  ])('is not there %s', async (_where, handler) => {
    const init = { headers: { authorization: `Bearer ${KEY}` } };
    const { payload } = await logOf({ maxBodyBytes: 104 }, handler, '/', init);
    expect(payload).not.toContain(KEY.slice(0, 5));
  });

  it('and the project’s own key are kept from warnings and logs alike', async () => {
    const { payload } = await logOf({}, (_req, res) => res.end('ok'), '/', {});
    expect(payload).not.toContain('rdme_test');
  });
});
