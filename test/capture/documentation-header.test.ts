import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type Handler, serve, startObserver } from '../support/observe';
import { rawExchange } from '../support/raw-client';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const HEADER = /^x-documentation-url: https:\/\/docs\.example\.com\/logs\/[0-9a-f-]{36}\r\n/gim;

async function answerOf(handler: Handler): Promise<string> {
  const api = await serve(handler);
  const { text } = await rawExchange(api.port, [GET]);
  await api.close();
  return text;
}

const heads: [string, (res: ServerResponse) => void][] = [
  ['an implicit head', (res) => res.setHeader('X-A', '1')],
  ['a status alone', (res) => res.writeHead(201)],
  ['a status and its text', (res) => res.writeHead(201, 'Made')],
  ['an object', (res) => res.writeHead(201, { 'X-A': '1', 'Set-Cookie': ['a=1', 'b=2'] })],
  ['text and an object', (res) => res.writeHead(201, 'Made', { 'X-A': '1' })],
  ['a list', (res) => res.writeHead(201, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'])],
  [
    'text and a list',
    (res) => res.writeHead(201, 'Made', ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']),
  ],
  [
    'pairs',
    (res) =>
      res.writeHead(201, [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ] as never),
  ],
  [
    'an object after setHeader',
    (res) => {
      res.setHeader('X-B', '2');
      res.writeHead(201, { 'X-A': '1' });
    },
  ],
  ['undefined in place of text', (res) => res.writeHead(201, undefined, { 'X-A': '1' })],
];

describe('x-documentation-url', () => {
  it.each(heads)('is all that changes for a head written with %s', async (_how, write) => {
    const handler: Handler = (_req, res) => {
      write(res);
      res.end('ok');
    };
    const bare = await answerOf(handler);
    const observer = await startObserver({ baseLogUrl: 'https://docs.example.com' });
    const observed = await answerOf(handler);
    await observer.stop();
    expect(observed.match(HEADER)).toHaveLength(1);
    expect(observed.replace(HEADER, '')).toBe(bare);
  });

  it.each<[string, (res: ServerResponse) => void]>([
    ['setHeader', (res) => res.setHeader('X-Documentation-Url', 'own')],
    ['an object', (res) => res.writeHead(200, { 'X-Documentation-Url': 'own' })],
    ['a list', (res) => res.writeHead(200, ['X-Documentation-Url', 'own'])],
  ])('stays as the application set it with %s', async (_how, write) => {
    const observer = await startObserver({ baseLogUrl: 'https://docs.example.com' });
    const text = await answerOf((_req, res) => {
      write(res);
      res.end();
    });
    await observer.stop();
    expect(text.match(/x-documentation-url: .*/gi)).toEqual(['X-Documentation-Url: own']);
  });

  it('leaves the application’s own objects as they are', async () => {
    const observer = await startObserver({ baseLogUrl: 'https://docs.example.com' });
    const object = Object.freeze({ 'X-A': '1' });
    const text = await answerOf((_req, res) => {
      res.writeHead(200, object).end();
    });
    await observer.stop();
    expect(text).toMatch(HEADER);
    expect(object).toEqual({ 'X-A': '1' });
  });
});
