import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { constants, sensitiveHeaders } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReceivedLog } from '../../../src/local/metrics-server';
import { HAS_STREAM_CHANNEL, type Http2Case, readAll, runHttp2 } from '../../support/http2-run';
import { entryOf, type Observer, startObserver } from '../../support/observe';
import { rounds } from '../../support/patience';

const MB = Buffer.alloc(1024 * 1024, 'abcdefghijklmnopqrstuvwxyz');
/** Of a body that ended early. */
const CUT = expect.stringMatching(/end/);
const SIX_MB = Buffer.alloc(6 * MB.length, MB);

let observer: Observer;
let folder: string;
let file: string;
beforeAll(async () => {
  observer = await startObserver({ maxBodyBytes: 65_536 });
  folder = mkdtempSync(join(tmpdir(), 'readme-http2-'));
  file = join(folder, 'file.txt');
  writeFileSync(file, 'of a file');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await observer.stop();
});

/** Runs a case without and with the package; both sides see the same. */
async function compare(
  testCase: Http2Case,
): Promise<{ logs: ReceivedLog[]; server: unknown[]; client: unknown[] }> {
  await observer.logs();
  observer.metrics.clear();
  observer.instrumentation.disable();
  const bare = await runHttp2(testCase);
  expect(await observer.logs()).toEqual([]);
  observer.instrumentation.enable();
  const { server, client } = await runHttp2(testCase);
  expect(client).toEqual(bare.client);
  expect(server).toEqual(bare.server);
  return { logs: await observer.logs(), server, client };
}

/** Of the one exchange that there was. */
async function entryOfOne(testCase: Http2Case) {
  const { logs } = await compare(testCase);
  expect(logs).toHaveLength(1);
  return entryOf(logs[0]);
}

describe.runIf(HAS_STREAM_CHANNEL)(
  'client and server over HTTP/2 see the same, and a log says it:',
  () => {
    it.each([false, true])(
      'JSON that is echoed by the stream API, with TLS: %s',
      async (isSecure) => {
        const entry = await entryOfOne({
          isSecure,
          stream: async (stream) => {
            const body = await readAll(stream);
            stream.respond({
              ':status': 201,
              'content-type': 'application/json',
              'x-own': ['a', 'b'],
            });
            stream.end(body);
          },
          client: (client) =>
            client.send(
              { ':method': 'POST', ':path': '/echo?q=1', 'content-type': 'application/json' },
              '{"a":"é"}',
            ),
        });
        expect(entry.request).toMatchObject({
          method: 'POST',
          url: `${isSecure ? 'https' : 'http'}://api.example.com/echo?q=1`,
          httpVersion: 'HTTP/2',
          headers: [{ name: 'content-type', value: 'application/json' }],
          queryString: [{ name: 'q', value: '1' }],
          bodySize: 10,
          postData: { mimeType: 'application/json', text: '{"a":"é"}' },
        });
        expect(entry.response).toMatchObject({
          status: 201,
          statusText: '',
          httpVersion: 'HTTP/2',
          content: { text: '{"a":"é"}' },
          bodySize: 10,
        });
        expect(entry.response.headers).toEqual([
          { name: 'content-type', value: 'application/json' },
          { name: 'x-own', value: 'a' },
          { name: 'x-own', value: 'b' },
          { name: 'date', value: expect.stringMatching(/GMT$/) },
        ]);
        expect(entry.comment).toBeUndefined();
      },
    );

    it('JSON that is echoed by the compatibility API', async () => {
      const entry = await entryOfOne({
        request: async (req, res) => {
          const body = await readAll(req);
          res.setHeader('Content-Type', 'application/json');
          res.writeHead(202, { 'X-Own': 'a' });
          res.write(body);
          res.end();
        },
        client: (client) => client.send({ ':method': 'PUT', ':path': '/e' }, '{"b":2}'),
      });
      expect(entry.request).toMatchObject({ method: 'PUT', postData: { text: '{"b":2}' } });
      expect(entry.response).toMatchObject({ status: 202, content: { text: '{"b":2}' } });
      expect(entry.response.headers.map(({ name }) => name)).toEqual([
        'content-type',
        'x-own',
        'date',
      ]);
    });

    it('six megabytes up, read late, and six down to a client that is slow to read', async () => {
      const entry = await entryOfOne({
        stream: async (stream, _headers, report) => {
          await rounds(20);
          report('buffered', stream.readableLength);
          report('read', (await readAll(stream)).equals(SIX_MB));
          stream.respond();
          for (let part = 0; part < 6; part++) {
            const isFree = stream.write(MB);
            report('write', isFree);
            if (!isFree) await new Promise((resolve) => stream.once('drain', resolve));
          }
          stream.end();
        },
        client: async (client) => {
          const stream = client.open({ ':method': 'POST', ':path': '/' });
          stream.end(SIX_MB);
          stream.pause();
          setImmediate(() => stream.resume());
          await client.read(stream);
        },
      });
      expect(entry.request).toMatchObject({
        bodySize: SIX_MB.length,
        postData: { comment: `truncated: 65536 of ${SIX_MB.length} bytes kept` },
      });
      expect(entry.response).toMatchObject({ status: 200, bodySize: SIX_MB.length });
    });

    it('a pipeline from request to response', async () => {
      const entry = await entryOfOne({
        stream: async (stream, _headers, report) => {
          await pipeline(stream, stream);
          report('piped');
        },
        client: (client) => client.send({ ':method': 'POST', ':path': '/' }, MB),
      });
      expect(entry).toMatchObject({
        request: { bodySize: MB.length },
        response: { status: 200, bodySize: MB.length },
      });
    });

    it('every way to write, and callbacks once each', async () => {
      const entry = await entryOfOne({
        stream: (stream, _headers, report) => {
          report(stream.write('hé', 'latin1', () => report('written')));
          stream.write('6869', 'hex');
          stream.write(Uint8Array.of(1, 2));
          stream.cork();
          stream.write('€');
          stream.uncork();
          report(stream.end('aGk=', 'base64', () => report('ended')) === stream);
        },
      });
      expect(Buffer.from(entry.response.content.text ?? '', 'base64').toString('hex')).toBe(
        '68e968690102e282ac6869',
      );
    });

    it('what is written after the end, and what is no chunk', async () => {
      const entry = await entryOfOne({
        stream: (stream, _headers, report) => {
          try {
            stream.write(123 as never);
          } catch (error) {
            report('thrown', (error as NodeJS.ErrnoException).code);
          }
          stream.end('ok');
          stream.write('LATE', (error) => report((error as NodeJS.ErrnoException | null)?.code));
        },
      });
      expect(entry.response.content.text).toBe('ok');
    });

    it('trailers of both sides', async () => {
      const entry = await entryOfOne({
        stream: async (stream, _headers, report) => {
          stream.on('trailers', (trailers) => report('trailers', { ...trailers }));
          const body = await readAll(stream);
          stream.respond({ ':status': 200 }, { waitForTrailers: true });
          stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
          stream.end(body);
        },
        client: async (client) => {
          const stream = client.session.request(
            { ':method': 'POST', ':path': '/', ':authority': 'a' },
            { waitForTrailers: true },
          );
          stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }));
          stream.end('body');
          await client.read(stream);
        },
      });
      expect(entry).toMatchObject({
        request: { postData: { text: 'body' } },
        response: { status: 200, content: { text: 'body' } },
      });
      expect(entry.comment).toBeUndefined();
    });

    it('trailers of the compatibility API', async () => {
      const entry = await entryOfOne({
        request: (_req, res) => {
          res.addTrailers({ 'x-sum': '1' });
          res.end('body');
        },
      });
      expect(entry.response).toMatchObject({ status: 200, content: { text: 'body' } });
      expect(entry.comment).toBeUndefined();
    });

    it('a client that resets the stream in the middle of the response', async () => {
      const entry = await entryOfOne({
        stream: (stream) => {
          stream.respond();
          stream.write('begun');
        },
        client: async (client) => {
          const stream = client.open({ ':path': '/' });
          stream.once('data', () => stream.close(constants.NGHTTP2_CANCEL));
          await client.read(stream);
          await rounds();
        },
      });
      expect(entry.response).toMatchObject({ status: 200, content: { text: 'begun' } });
      expect(entry.comment).toBe(
        'aborted: the client reset the stream (CANCEL) before the response was complete',
      );
    });

    it('a client that resets the stream in the middle of its request', async () => {
      const entry = await entryOfOne({
        request: (req, _res, report) => {
          req.on('data', (chunk) => report(String(chunk)));
          req.on('aborted', () => report('aborted'));
          req.on('error', (error) => report('error', error.message));
        },
        client: async (client) => {
          const stream = client.open({ ':method': 'POST', ':path': '/' });
          stream.write('half');
          setTimeout(() => stream.close(constants.NGHTTP2_REFUSED_STREAM), 50);
          await client.read(stream);
          await rounds();
        },
      });
      // Node's client ends the body before it resets the stream.
      expect(entry.request.postData?.text).toBe('half');
      expect(entry.response.status).toBe(0);
      expect(entry.comment).toContain('the client reset the stream (REFUSED_STREAM)');
    });

    it('a connection that is lost in the middle of a request', async () => {
      const entry = await entryOfOne({
        stream: (stream) => void stream.resume(),
        client: async (client) => {
          const stream = client.open({ ':method': 'POST', ':path': '/' });
          stream.write('half', () => setTimeout(() => client.socket.destroy(), 50));
          await client.read(stream);
          await rounds();
        },
      });
      expect(entry.request.postData).toMatchObject({ text: 'half', comment: CUT });
      expect(entry.response.status).toBe(0);
      expect(entry.comment).toContain('aborted: the connection closed');
    });

    it.each([
      ['close()', 'ENHANCE_YOUR_CALM'],
      ['destroy()', 'INTERNAL_ERROR'],
    ])('a server that resets the stream by %s in the middle of the response', async (how, code) => {
      const entry = await entryOfOne({
        stream: (stream) => {
          stream.respond();
          stream.write('begun', () => {
            if (how === 'close()') stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
            else stream.destroy(new Error('of the application'));
          });
        },
      });
      expect(entry.response).toMatchObject({ status: 200, content: { text: 'begun' } });
      expect(entry.comment).toBe(
        `aborted: the server reset the stream (${code}) before the response was complete`,
      );
    });

    it('a server that ends a stream without an answer', async () => {
      const entry = await entryOfOne({
        stream: (stream) => stream.close(constants.NGHTTP2_NO_ERROR),
      });
      expect(entry.response.status).toBe(0);
      expect(entry.timings.wait).toBe(entry.time);
      expect(entry.comment).toContain('the server reset the stream (NO_ERROR)');
    });

    it('GOAWAY in the middle of a response that is then completed', async () => {
      const entry = await entryOfOne({
        stream: async (stream) => {
          stream.respond();
          stream.write('begun');
          stream.session?.close();
          await rounds();
          stream.end(' and done');
        },
      });
      expect(entry.response).toMatchObject({ status: 200, content: { text: 'begun and done' } });
      expect(entry.comment).toBeUndefined();
    });

    it('GOAWAY with an error from the client in the middle of a response', async () => {
      const entry = await entryOfOne({
        stream: (stream) => {
          stream.respond();
          stream.write('begun');
        },
        client: async (client) => {
          const stream = client.open({ ':path': '/' });
          stream.once('data', () => client.session.goaway(constants.NGHTTP2_PROTOCOL_ERROR));
          await client.read(stream);
          await rounds();
        },
      });
      expect(entry.response.content).toMatchObject({ text: 'begun', comment: CUT });
      expect(entry.comment).toBe(
        'aborted: the HTTP/2 session ended (PROTOCOL_ERROR) before the response was complete',
      );
    });

    it('a session that either side destroys, and a connection that is lost, in the middle of a response', async () => {
      for (const who of ['server', 'client', 'network']) {
        const entry = await entryOfOne({
          stream: (stream) => {
            stream.respond();
            stream.write('begun', () => {
              if (who === 'server') stream.session?.destroy();
            });
          },
          client: async (client) => {
            const stream = client.open({ ':path': '/' });
            if (who === 'client') stream.once('data', () => client.session.destroy());
            if (who === 'network') stream.once('data', () => client.socket.destroy());
            await client.read(stream);
            await rounds();
          },
        });
        expect([who, entry.response.status, entry.comment]).toEqual([
          who,
          200,
          'aborted: the connection closed before the response was complete',
        ]);
      }
    });

    it('a file', async () => {
      const entry = await entryOfOne({
        stream: (stream) =>
          stream.respondWithFile(
            file,
            { 'content-type': 'text/plain' },
            {
              statCheck: (_stat, headers) => void Object.assign(headers, { 'x-checked': '1' }),
              length: 4,
            },
          ),
      });
      expect(entry.response).toMatchObject({
        status: 200,
        bodySize: 4,
        content: {
          size: 4,
          mimeType: 'text/plain',
          comment: expect.stringContaining('left out: not seen'),
        },
      });
      expect(entry.response.content.text).toBeUndefined();
      expect(entry.response.headers.map(({ name }) => name)).toContain('x-checked');
      expect(entry.comment).toBeUndefined();
    });

    it('a file that the client does not want to its end', async () => {
      const large = join(folder, 'large');
      writeFileSync(large, SIX_MB);
      const entry = await entryOfOne({
        stream: (stream) => stream.respondWithFile(large),
        client: async (client) => {
          const stream = client.open({ ':path': '/' });
          stream.once('response', () => stream.close(constants.NGHTTP2_CANCEL));
          await new Promise((resolve) => stream.on('close', resolve));
          await rounds();
        },
      });
      expect(entry.response.status).toBe(200);
      expect(entry.comment).toContain('the client reset the stream (CANCEL)');
    });

    it('an upload that the client gives up when it has the whole answer', async () => {
      const entry = await entryOfOne({
        stream: (stream) => {
          stream.once('data', () => {
            stream.respond();
            stream.end('enough');
          });
        },
        client: async (client) => {
          const stream = client.open({ ':method': 'POST', ':path': '/' });
          stream.write('begun');
          stream.on('end', () => stream.close(constants.NGHTTP2_CANCEL));
          await client.read(stream);
          await rounds();
        },
      });
      expect(entry.response).toMatchObject({ status: 200, content: { text: 'enough' } });
      expect(entry.comment).toBeUndefined();
    });

    it('an open file, and one that is not there', async () => {
      const { logs } = await compare({
        stream: (stream, headers, report) => {
          if (headers[':path'] === '/fd') {
            const fd = openSync(file, 'r');
            stream.on('close', () => closeSync(fd));
            stream.respondWithFD(fd);
          } else {
            stream.respondWithFile(`${file}.none`, undefined, {
              onError: (error) => {
                report('onError', error.code);
                stream.respond({ ':status': 404 });
                stream.end('none');
              },
            });
          }
        },
        client: async (client) => {
          await client.send({ ':path': '/fd' });
          await client.send({ ':path': '/none' });
        },
      });
      expect(logs.map(({ request }) => entryOf({ request } as never).response)).toMatchObject([
        { status: 200, content: { comment: expect.stringContaining('not seen') } },
        { status: 404, content: { text: 'none' } },
      ]);
    });

    it('streams that the server pushes, which are no exchanges', async () => {
      const { logs, client } = await compare({
        stream: (stream) => {
          stream.pushStream({ ':path': '/style.css' }, (_error, pushed) => {
            pushed.respond({ ':status': 200 });
            pushed.end('pushed');
            stream.respond();
            stream.end('page');
          });
        },
      });
      expect(JSON.stringify(client)).toContain('style.css');
      expect(logs.map((log) => entryOf(log).response.content.text)).toEqual(['page']);
      const compat = await compare({
        request: (_req, res) => {
          res.createPushResponse({ ':path': '/style.css' }, (_error, pushed) => {
            pushed.end('pushed');
            res.end('page');
          });
        },
      });
      expect(compat.logs).toHaveLength(1);
    });

    it('HEAD, 204, 205 and 304, whatever is written', async () => {
      const { logs } = await compare({
        request: (req, res) => {
          const status = Number(req.headers['x-status']);
          res.writeHead(status, { etag: 'x' });
          res.on('error', () => {});
          res.end('not sent');
        },
        client: async (client) => {
          await client.send({ ':method': 'HEAD', ':path': '/', 'x-status': '200' });
          for (const status of ['204', '205', '304']) {
            await client.send({ ':path': '/', 'x-status': status });
          }
        },
      });
      expect(logs.map((log) => entryOf(log).response)).toMatchObject(
        [200, 204, 205, 304].map((status) => ({ status, bodySize: 0, content: { text: '' } })),
      );
      expect(logs.map((log) => entryOf(log).comment)).toEqual(Array(4).fill(undefined));
    });

    it('1xx before the response', async () => {
      const { logs } = await compare({
        request: (req, res) => {
          if (req.url === '/hints') res.writeEarlyHints({ link: '</style.css>; rel=preload' });
          req.resume().on('end', () => res.end('ok'));
        },
        client: async (client) => {
          await client.send({ ':path': '/hints' });
          const stream = client.open({ ':method': 'POST', ':path': '/', expect: '100-continue' });
          stream.on('continue', () => stream.end('body'));
          await client.read(stream);
        },
      });
      expect(logs.map((log) => entryOf(log).response.status)).toEqual([200, 200]);
      expect(entryOf(logs[1]).request.postData?.text).toBe('body');
    });

    it('a response without respond(), one without a body, and one by a list of fields', async () => {
      const { logs } = await compare({
        stream: (stream, headers) => {
          if (headers[':path'] === '/implicit') stream.end('x');
          else if (headers[':path'] === '/none')
            stream.respond({ ':status': 200 }, { endStream: true });
          else {
            stream.respond({
              'Set-Cookie': ['a=1', 'b=2'],
              'x-plain': 'never',
              [sensitiveHeaders as never]: ['x-plain'],
            });
            stream.end();
          }
        },
        client: async (client) => {
          for (const path of ['/implicit', '/none', '/fields'])
            await client.send({ ':path': path });
        },
      });
      const responses = logs.map((log) => entryOf(log).response);
      expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(responses[0]?.content.text).toBe('x');
      expect(responses[2]?.headers.filter(({ name }) => name !== 'date')).toEqual([
        { name: 'set-cookie', value: 'a=[REDACTED 1]' },
        { name: 'set-cookie', value: 'b=[REDACTED 1]' },
        { name: 'x-plain', value: 'never' },
      ]);
    });

    it('an answer before the request was read', async () => {
      const { logs } = await compare({
        stream: (stream) => {
          stream.respond({ ':status': 413 });
          stream.end('too large');
        },
        client: async (client) => {
          const stream = client.open({ ':method': 'POST', ':path': '/' });
          stream.write(Buffer.alloc(40_000, 'a'));
          await client.read(stream);
        },
      });
      expect(entryOf(logs[0])).toMatchObject({
        request: { bodySize: 40_000, postData: { comment: CUT } },
        response: { status: 413, content: { text: 'too large' } },
      });
      expect(entryOf(logs[0]).comment).toBeUndefined();
    });

    it('OPTIONS and CONNECT, which are not logged', async () => {
      const { logs } = await compare({
        stream: (stream) => {
          stream.respond();
          stream.end();
        },
        client: async (client) => {
          await client.send({ ':method': 'OPTIONS', ':path': '/' });
          await client.send({ ':method': 'CONNECT', ':authority': 'a:1' }, '');
        },
      });
      expect(logs).toEqual([]);
    });

    it('many requests at a time over one connection', async () => {
      const { logs } = await compare({
        request: async (req, res) => {
          const body = await readAll(req);
          await rounds(Number(req.headers['x-wait']));
          res.end(`${req.url} ${body}`);
        },
        client: async (client) => {
          await Promise.all(
            Array.from({ length: 20 }, async (_, index) => {
              const stream = client.open({
                ':method': 'POST',
                ':path': `/${index}`,
                'x-wait': `${20 - index}`,
              });
              stream.end(`body ${index}`);
              stream.resume();
              await new Promise((resolve) => stream.on('close', resolve));
            }),
          );
        },
      });
      expect(
        logs.map((log) => [
          new URL(entryOf(log).request.url).pathname,
          entryOf(log).response.content.text,
        ]),
      ).toEqual(
        expect.arrayContaining(
          Array.from({ length: 20 }, (_, index) => [`/${index}`, `/${index} body ${index}`]),
        ),
      );
      expect(logs).toHaveLength(20);
    });

    it('listeners, keys and lengths of methods', async () => {
      const { server } = await compare({
        request: (req, res, report) => {
          const { stream } = res;
          for (const emitter of [req, res, stream, stream.session]) {
            if (emitter === undefined) continue;
            report(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]));
            report(Object.keys(emitter));
          }
          for (const name of [
            'push',
            'respond',
            'respondWithFile',
            'respondWithFD',
            'write',
          ] as const) {
            report(name, stream[name].length);
          }
          for (const name of ['end', 'close', 'destroy'] as const) {
            report(name, stream[name].length);
          }
          report(req.readableFlowing, stream.readableFlowing);
          report(Object.keys(stream.session ?? {}));
          res.end();
        },
      });
      expect(server.length).toBeGreaterThan(15);
    });
  },
);
