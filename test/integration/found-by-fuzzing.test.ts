import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { entryOf, type Observer, serve, startObserver } from '../support/observe';
import { rawExchange } from '../support/raw-client';

const KEY = 'caller-key-0123';
let observer: Observer;
beforeEach(async () => {
  observer = await startObserver({ denylist: [/^i/, '**.é"'] });
});
afterEach(() => observer.stop());

const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

it('end() of a response whose request was destroyed does not throw', async () => {
  const thrown: unknown[] = [];
  const api = await serve((async (req: IncomingMessage, res: ServerResponse) => {
    if (req.url === '/2') for await (const _chunk of req) break;
    try {
      res.end();
    } catch (error) {
      thrown.push(error);
    }
  }) as never);
  const head = (path: string, length: number) =>
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;
  await rawExchange(api.port, [`${head('/1', 0)}${head('/2', 1)}x`], { destroyAfter: 50 });
  await api.close();
  expect(thrown).toEqual([]);
});

it('the log has the status that was sent, whatever is set later', async () => {
  for (const late of [205, 204, 304]) {
    const api = await serve((_req, res) => {
      res.write('x');
      res.statusCode = late;
      res.statusMessage = 'Late';
      res.end('y');
    });
    const { text } = await rawExchange(api.port, [GET]);
    await api.close();
    expect(text).toMatch(/^HTTP\/1.1 200 OK/);
    const { response } = entryOf((await observer.logs()).at(-1));
    expect(response).toMatchObject({ status: 200, statusText: 'OK', content: { text: 'xy' } });
  }
});

it('malformed hex and base64 are counted as Node sends them', async () => {
  const api = await serve((_req, res) => {
    res.setHeader('Content-Length', 3);
    res.write('6azz', 'hex');
    res.end('aG\nk=', 'base64');
  });
  await rawExchange(api.port, [GET]);
  await api.close();
  const { response } = entryOf((await observer.logs())[0]);
  expect(response.content.text).toBe('jhi');
  expect(response.bodySize).toBe(3);
});

it.each([
  [
    'a form in UTF-16 that nobody declares',
    undefined,
    Buffer.from('id=SECRET1&Id=SECRET2', 'utf16le'),
  ],
  [
    'JSON in UTF-8 that is declared as latin1 and holds the caller’s key',
    'application/json; charset=latin1',
    Buffer.from(`[{"é\\"":"SECRET${KEY}"}]`),
  ],
])('%s gives no denied value away', async (_what, type, body) => {
  const api = await serve((req, res) => {
    req.resume();
    if (type !== undefined) res.setHeader('Content-Type', type);
    res.end(body);
  });
  const headers = { authorization: `Bearer ${KEY}`, ...(type && { 'content-type': type }) };
  await (
    await fetch(`http://127.0.0.1:${api.port}/`, { method: 'POST', headers, body })
  ).arrayBuffer();
  const [log] = await observer.logs();
  await api.close();
  expect(log).toBeDefined();
  expect(JSON.stringify(log)).not.toContain('SECRET');
  expect(JSON.stringify(log)).not.toContain(Buffer.from('SECRET').toString('base64').slice(1, -2));
});

it('what is written when the connection has just been destroyed is not logged as sent', async () => {
  const api = await serve((req, res) => {
    res.write('SENT');
    setImmediate(() => {
      req.socket.destroy();
      res.write('LOST');
      res.end('LATE');
    });
  });
  const { text } = await rawExchange(api.port, ['GET / HTTP/1.0\r\n\r\n']);
  await api.close();
  expect(text).toMatch(/\r\n\r\nSENT$/);
  const { response, comment } = entryOf((await observer.logs())[0]);
  expect(response).toMatchObject({ status: 200, bodySize: 4, content: { text: 'SENT' } });
  expect(comment).toContain('aborted');
});
