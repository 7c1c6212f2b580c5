import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { setReadmeGroup } from '../../src/index';
import type { ReadmeOptions } from '../../src/options/readme-options';
import { entryOf, type Handler, type Observer, serve, startObserver } from '../support/observe';
import { rounds, until } from '../support/patience';

const KEY = 'rk/supersecretkey-0123456789';
const SECRET = 's3cr3t-of-the-owl';
const JSON_TYPE = { 'Content-Type': 'application/json' };

let observer: Observer | undefined;
afterEach(async () => {
  await observer?.stop();
  observer = undefined;
});

interface Sent {
  /** Content-Length of the request, and what of it is sent. */
  length?: number;
  body: string | Buffer;
  type?: string;
  headers?: string;
}

/**
 * The log of a request of which only a part is sent, whose client then stays (`stay`), goes at once (`reset`), or
 * goes when the handler has answered (`answered`).
 */
async function entryOfCut(
  { length, body, type = 'application/json', headers = '' }: Sent,
  handler: Handler,
  end: 'reset' | 'answered',
  options: ReadmeOptions = {},
) {
  observer = await startObserver({ groupingFunction: () => null, ...options });
  let arrived = 0;
  let answered = false;
  const { port, close } = await serve((req, res) => {
    setReadmeGroup({ apiKey: KEY });
    req.on('error', () => {});
    res.on('finish', () => {
      answered = true;
    });
    req.on('data', (chunk: Buffer) => {
      arrived += chunk.length;
    });
    handler(req, res);
  });
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {}).resume();
  await once(socket, 'connect');
  socket.write(
    `POST /x HTTP/1.1\r\nHost: h\r\nContent-Type: ${type}\r\n${length === undefined ? '' : `Content-Length: ${length}\r\n`}${headers}\r\n`,
  );
  socket.write(body);
  await until(() => arrived === body.length || answered);
  if (end === 'answered') await until(() => answered);
  socket.destroy();
  await until(async () => (await (observer as Observer).logs()).length === 1);
  await close();
  return entryOf((await observer.logs())[0]);
}

const ok: Handler = (req, res) => req.on('end', () => res.end('ok'));
/** Answers when the beginning has come, but not the end. */
const early: Handler = (req, res) => req.once('data', () => res.end('ok'));

describe('a request whose body ends early', () => {
  const text = `{"a":"b","token":"${KEY}","c":1}`;
  const kept = text.slice(0, text.indexOf(KEY) + KEY.length - 1);
  const cases: [string, Handler, 'reset' | 'answered'][] = [
    ['is aborted by its client', ok, 'reset'],
    ['is answered before it was read', early, 'answered'],
    ['is cut by the socket', (req) => req.once('data', () => req.socket.destroy()), 'reset'],
  ];

  it.each(cases)(
    'is marked as cut, and its end is guarded, when it %s',
    async (_how, handler, end) => {
      const { request } = await entryOfCut({ length: 500, body: kept }, handler, end);
      expect(request.postData).toEqual({
        mimeType: 'application/json',
        text: '{"a":"b","token":"',
        comment: `truncated: ended early, after ${kept.length} bytes`,
      });
      expect(request.bodySize).toBe(kept.length);
    },
  );

  it('is marked as cut when its length was never said', async () => {
    const head = 'Transfer-Encoding: chunked\r\n';
    const chunk = `${kept.length.toString(16)}\r\n${kept}`;
    const { request } = await entryOfCut({ body: chunk, headers: head }, early, 'answered');
    expect(request.postData).toEqual({
      mimeType: 'application/json',
      text: '{"a":"b","token":"',
      comment: `truncated: ended early, after ${kept.length} bytes`,
    });
  });

  it.each(cases)('is filtered as one that was cut when it %s', async (_how, handler, end) => {
    const body = `{"a":"b","password":"${SECRET}`;
    const { request } = await entryOfCut({ length: 500, body }, handler, end, {
      denylist: ['password'],
    });
    expect(request.postData).toMatchObject({ text: '{"a":"b"}' });
    expect(JSON.stringify(request)).not.toContain(SECRET.slice(0, 5));
  });

  it.each([
    ['application/x-www-form-urlencoded', `a=b&password=${SECRET}`],
    ['text/plain', `a=b&password=${SECRET}`],
    [
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${SECRET}`,
    ],
    ['text/event-stream', `data: {"password":"${SECRET}`],
    ['application/x-ndjson', `{"a":1}\n{"password":"${SECRET}`],
  ])('of %s has no denied value', async (type, body) => {
    const { request } = await entryOfCut({ length: 500, body, type }, ok, 'reset', {
      denylist: ['password'],
    });
    expect(JSON.stringify(request)).not.toContain(SECRET.slice(0, 5));
  });

  it.each([
    ['gzip', gzipSync(kept).subarray(0, -9), 'application/json', 'Content-Encoding: gzip\r\n'],
    ['UTF-16', Buffer.from(kept, 'utf16le'), 'application/json; charset=utf-16le', ''],
    ['UTF-16 that nobody declares', Buffer.from(kept, 'utf16le').swap16(), 'application/json', ''],
  ])('has no beginning of the key in %s', async (_how, body, type, headers) => {
    const { request } = await entryOfCut({ length: 500, body, type, headers }, ok, 'reset');
    const shown = JSON.stringify(request.postData);
    expect(shown.replaceAll('\\u0000', '')).not.toContain(KEY.slice(0, 6));
    expect(
      Buffer.from((request.postData as { text: string }).text, 'base64')
        .toString()
        .replaceAll('\0', ''),
    ).not.toContain(KEY.slice(0, 6));
    expect(shown).toContain('truncated: ended early');
  });

  it.each([
    'Content-Length: 7\r\n\r\n{"a":1}',
    'Transfer-Encoding: chunked\r\n\r\n7\r\n{"a":1}\r\n0\r\n\r\n',
  ])('is not marked when it came in one packet and was answered at once: %j', async (rest) => {
    observer = await startObserver();
    const { port, close } = await serve((_req, res) => res.end('ok'));
    for (const connection of ['close', 'keep-alive']) {
      const head = `POST / HTTP/1.1\r\nHost: h\r\nConnection: ${connection}\r\nContent-Type: application/json\r\n`;
      const socket = connect(port, '127.0.0.1');
      socket.write(head + rest);
      await once(socket, 'data');
      socket.destroy();
    }
    await until(async () => (await (observer as Observer).logs()).length === 2);
    await close();
    for (const log of await observer.logs()) {
      expect(entryOf(log).request.postData).toEqual({
        mimeType: 'application/json',
        text: '{"a":1}',
      });
    }
  });

  it('is not marked when it was read to its end, or came to it while nobody read', async () => {
    observer = await startObserver();
    const { port, close } = await serve((req, res) => {
      if (req.url === '/read') req.resume().on('end', () => res.end('ok'));
      else until(() => req.complete).then(() => res.end('ok'));
    });
    for (const path of ['/read', '/unread']) {
      const sent = request({ port, path, method: 'POST', headers: JSON_TYPE });
      sent.end('{"a":1}');
      const [answer] = await once(sent, 'response');
      answer.resume();
      await once(answer, 'end');
    }
    await rounds();
    const logs = await observer.logs();
    await close();
    expect(logs.map((log) => entryOf(log).request.postData)).toEqual([
      { mimeType: 'application/json', text: '{"a":1}' },
      { mimeType: 'application/json', text: '{"a":1}' },
    ]);
  });
});

describe('a response whose body ends early', () => {
  it.each<[string, Handler]>([
    [
      'because the application gives up',
      (_req, res) => {
        res.writeHead(200, JSON_TYPE);
        res.write(`{"a":"b","password":"${SECRET}","key":"${KEY.slice(0, -2)}`, () =>
          res.destroy(),
        );
      },
    ],
    [
      'because the socket is gone',
      (req, res) => {
        res.writeHead(200, { ...JSON_TYPE, 'Content-Length': 500 });
        res.write(`{"a":"b","password":"${SECRET}","key":"${KEY.slice(0, -2)}`, () =>
          req.socket.destroy(),
        );
      },
    ],
  ])('is marked as cut, and its end is guarded, %s', async (_why, handler) => {
    for (const denylist of [undefined, ['password']]) {
      const entry = await entryOfCut(
        { length: 0, body: '' },
        handler,
        'reset',
        denylist && { denylist },
      );
      const { content } = entry.response;
      expect(content.comment).toMatch(/^truncated: ended early, after \d+ bytes/);
      expect(content.text).not.toContain(KEY.slice(0, 6));
      if (denylist !== undefined) expect(content.text).toBe('{"a":"b","password":"[REDACTED 17]"}');
      await observer?.stop();
      observer = undefined;
    }
  });

  it('is marked when its length says more than the application sent', async () => {
    const entry = await entryOfCut(
      { length: 0, body: '' },
      (_req, res) => {
        res.writeHead(200, { ...JSON_TYPE, 'Content-Length': 500 });
        res.end(`{"a":"b","password":"${SECRET}`);
      },
      'answered',
      { denylist: ['password'] },
    );
    expect(entry.response.content).toMatchObject({
      text: '{"a":"b"}',
      comment: expect.stringMatching(/^truncated: ended early, after 38 bytes/),
    });
  });

  it('is whole when all bytes that its length says have been sent', async () => {
    const entry = await entryOfCut(
      { length: 0, body: '' },
      (req, res) => {
        res.writeHead(200, { ...JSON_TYPE, 'Content-Length': 7 });
        res.write('{"a":1}', () => req.socket.destroy());
      },
      'reset',
    );
    expect(entry.response.content).toEqual({
      mimeType: 'application/json',
      text: '{"a":1}',
      size: 7,
    });
  });
});
