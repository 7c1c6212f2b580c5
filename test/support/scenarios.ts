import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { expect, it } from 'vitest';
import type { Bench } from './bench';
import { type Answer, type Call, comparable, send } from './http-client';
import { entryOf } from './observe';
import { rawExchange } from './raw-client';

/** What differs between frameworks in the answers to the scenarios' calls. */
export interface Manners {
  /** Body of the 500 for an error that a handler throws. */
  readonly failure: string | RegExp;
  /** Body of the 404 for a path without route. */
  readonly notFound: string | RegExp;
  /** True when the framework tells which route has matched. */
  readonly knowsRoutes: boolean;
  /** True when the framework, or its usual plugin, sends files. */
  readonly sendsFiles: boolean;
}

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
export const BIG = 'long text. '.repeat(50_000);

export function postJson(path: string, value: unknown): Call {
  const headers = { 'Content-Type': JSON_TYPE };
  return { method: 'POST', path, headers, body: JSON.stringify(value) };
}

/**
 * The scenarios that every framework is put through. Its application must answer:
 * `POST /echo` (JSON) and `POST /form` with the parsed body as JSON, 201; `GET /throw` and `/reject` by
 * failing; `GET /stream` with `one two three` in three chunks; `GET /file` with public/owlbert.txt;
 * `GET /search` with the query as JSON; `GET /api/users/:id/posts/:post`, of a nested router where there
 * are such, with the parameters as JSON; `POST /big` with the field `text` of the JSON sent;
 * `DELETE /thing` with 204; `GET /endless` with `first` and no end.
 */
export function itIsSeenThrough(bench: Bench, manners: Manners): void {
  it('logs a JSON body and the answer to it', async () => {
    const { entry } = await bench.compare(postJson('/echo', { name: 'Owlbert', said: 'hé €' }));
    expect(entry.response.status).toBe(201);
    expect(JSON.parse(entry.response.content.text ?? '')).toEqual({
      name: 'Owlbert',
      said: 'hé €',
    });
  });

  it('logs the fields of a form', async () => {
    const { entry } = await bench.compare({
      method: 'POST',
      path: '/form',
      headers: { 'Content-Type': FORM_TYPE },
      body: 'name=Owlbert&said=h%C3%A9+you',
    });
    expect(entry.request.postData?.params).toContainEqual({ name: 'said', value: 'hé you' });
    expect(JSON.parse(entry.response.content.text ?? '')).toEqual({
      name: 'Owlbert',
      said: 'hé you',
    });
  });

  it.each(['/throw', '/reject'])('logs the 500 when a handler fails: %s', async (path) => {
    const { entry } = await bench.compare({ path });
    expect(entry.response.status).toBe(500);
    expect(entry.response.content.text).toMatch(manners.failure);
  });

  it('logs the 404 of a path without route', async () => {
    const { entry } = await bench.compare({ path: '/missing/page?q=1' });
    expect(entry.response.status).toBe(404);
    expect(entry.response.content.text).toMatch(manners.notFound);
    expect(new URL(entry.pageref).pathname).toBe('/missing/page');
    expect(entry.pageref).not.toContain('?');
  });

  it('logs a body the framework cannot parse, and the 4xx for it', async () => {
    const { entry } = await bench.compare({ ...postJson('/echo', ''), body: '{"name": "Owl' });
    expect(entry.response.status).toBe(400);
    expect(entry.request.postData?.text).toBe('{"name": "Owl');
  });

  it('logs a streamed response as one text', async () => {
    const { entry, answer } = await bench.compare({ path: '/stream' });
    expect(answer.headers).toContainEqual(['Transfer-Encoding', 'chunked']);
    expect(entry.response.content.text).toBe('one two three');
  });

  it.skipIf(!manners.sendsFiles)('logs a file that is sent', async () => {
    const { entry } = await bench.compare({ path: '/file' });
    expect(entry.response.status).toBe(200);
    expect(entry.response.content.mimeType).toMatch(/^text\/plain/);
    expect(entry.response.content.text).toMatch(/^Owlbert says hello\.\n/);
  });

  it('logs a nested route', async () => {
    const { entry } = await bench.compare({ path: '/api/users/7/posts/a%2Fb?draft=true' });
    expect(JSON.parse(entry.response.content.text ?? '')).toEqual({ id: '7', post: 'a/b' });
    const path = manners.knowsRoutes ? '/api/users/:id/posts/:post' : '/api/users/7/posts/a%2Fb';
    expect(entry.pageref).toBe(entry.request.url.replace(/(:\d+)\/.*$/, `$1${path}`));
  });

  it('logs the query string as it was sent', async () => {
    const { entry } = await bench.compare({ path: '/search?q=h%C3%A9+you&page=2&empty=' });
    expect(JSON.parse(entry.response.content.text ?? '')).toEqual({
      q: 'hé you',
      page: '2',
      empty: '',
    });
    expect(entry.pageref).toMatch(/\/search$/);
  });

  it('logs bodies of half a megabyte in both directions', async () => {
    const { answer, entry } = await bench.compare(postJson('/big', { text: BIG }));
    expect(answer.body.toString()).toBe(BIG);
    expect(entry.response.content.size).toBe(BIG.length);
  });

  it('logs an upload in chunks', async () => {
    const call = postJson('/echo', '');
    const { entry } = await bench.compare({ ...call, body: ['{"name":', '"Owl', 'bert"}'] });
    expect(entry.request.postData?.text).toBe('{"name":"Owlbert"}');
    expect(entry.response.content.text).toBe('{"name":"Owlbert"}');
  });

  it('logs a 204 without body', async () => {
    const { entry } = await bench.compare({ method: 'DELETE', path: '/thing' });
    expect(entry.response.status).toBe(204);
  });

  it('logs nothing but the head of a response to HEAD', async () => {
    const { entry } = await bench.compare({ method: 'HEAD', path: '/search?q=1' });
    expect(entry.response.content.size).toBe(0);
  });

  it('makes one log, marked as aborted, of a response whose client goes away', async () => {
    const { entry, answer } = await bench.compare({ path: '/endless', abort: true });
    expect(answer.ending).toBe('aborted');
    expect(entry.comment).toMatch(/^aborted/);
    expect(entry.response.content.text).toBe('first');
  });

  it('logs every request of a kept-alive connection with its own body', async () => {
    const names = ['Owlbert', 'Owlivia', 'Owlfred'];
    const { logs } = await bench.compareSeen(async (target) => {
      const options = { keepAlive: true, maxSockets: 1 };
      const agent =
        target.certificate === undefined ? new Agent(options) : new SecureAgent(options);
      const answers: Answer[] = [];
      for (const name of names) {
        answers.push(await send(target, { ...postJson('/echo', { name }), agent }));
      }
      agent.destroy();
      return { answers: answers.map(comparable) };
    }, names.length);
    const bodies = logs.map((log) => entryOf(log).request.postData?.text);
    expect(bodies).toEqual(names.map((name) => JSON.stringify({ name })));
    expect(logs.map((log) => entryOf(log).response.content.text)).toEqual(bodies);
  });
}

/** For servers without TLS. */
export function itIsSeenThroughPipelining(bench: Bench): void {
  it('logs pipelined requests one by one', async () => {
    const { logs, text } = await bench.compareSeen(
      ({ port }) =>
        rawExchange(port, [
          'GET /stream HTTP/1.1\r\nHost: a\r\n\r\n' +
            'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}' +
            'GET /search?q=3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
        ]),
      3,
    );
    expect(text.match(/HTTP\/1\.1 20\d/g)).toHaveLength(3);
    const seen = logs.map((log) => {
      const { request, response } = entryOf(log);
      return `${request.url.slice('http://a'.length)} ${response.content.text}`;
    });
    expect(seen.sort()).toEqual([
      '/echo {"a":1}',
      '/search?q=3 {"q":"3"}',
      '/stream one two three',
    ]);
  });
}
