import { createServer, get, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReceivedLog } from '../../src/local/metrics-server';
import {
  closeServer,
  entryOf,
  type Handler,
  listen,
  type Observer,
  startObserver,
} from '../support/observe';
import { rounds } from '../support/patience';
import { type RawAnswer, rawExchange, type Step } from '../support/raw-client';

/** What the handler tells about itself; it must be the same with and without the package. */
type Report = (fact: unknown) => void;

interface Case {
  handler: (
    request: IncomingMessage,
    response: ServerResponse,
    report: Report,
  ) => void | Promise<void>;
  steps: readonly Step[];
  destroyAfter?: number;
}

interface Outcome {
  answer: RawAnswer;
  reported: unknown[];
  logs: ReceivedLog[];
}

let observer: Observer;

beforeAll(async () => {
  observer = await startObserver({ maxBodyBytes: 65_536 });
});
beforeEach(() => observer.metrics.clear());
afterAll(() => observer.stop());

async function run({ handler, steps, destroyAfter }: Case): Promise<Outcome> {
  const reported: unknown[] = [];
  const server = createServer((req, res) => {
    void handler(req, res, (fact) => reported.push(fact));
  });
  const port = await listen(server);
  const answer = await rawExchange(port, steps, destroyAfter === undefined ? {} : { destroyAfter });
  await rounds();
  await closeServer(server);
  return { answer, reported, logs: await observer.logs() };
}

/** Runs a case without and with the package, checks that nobody could tell, and returns the latter. */
async function compare(testCase: Case): Promise<Outcome> {
  await observer.logs();
  observer.metrics.clear();
  observer.instrumentation.disable();
  const bare = await run(testCase);
  expect(bare.logs).toEqual([]);
  observer.instrumentation.enable();
  const observed = await run(testCase);
  expect(observed.answer).toEqual(bare.answer);
  expect(observed.reported).toEqual(bare.reported);
  return observed;
}

function post(body: string | Buffer, type = 'application/json', path = '/'): Buffer {
  const bytes = Buffer.from(body as string);
  const head = `POST ${path} HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

const GET = 'GET / HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n';

async function readAll(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function reportErrors(res: ServerResponse, report: Report): void {
  res.on('error', (error: NodeJS.ErrnoException) => report(['error', error.code]));
}

/** Body of a response, raw: what stands after the head. */
function bodyOf({ text }: RawAnswer): string {
  return text.slice(text.indexOf('\r\n\r\n') + 4);
}

describe('capture', () => {
  it('1: an echoed JSON body is logged in both directions', async () => {
    const { logs } = await compare({
      handler: async (req, res) => res.end(await readAll(req)) && undefined,
      steps: [post('{"a":"é"}')],
    });
    const entry = entryOf(logs[0]);
    expect(entry.request.postData?.text).toBe('{"a":"é"}');
    expect(entry.response.content.text).toBe('{"a":"é"}');
    expect(entry.response.status).toBe(200);
    expect(entry.request.bodySize).toBe(10);
  });

  it.each([40, 1000])(
    '2: a body that the application reads %i ms late is there for both',
    async (delay) => {
      const { reported, logs } = await compare({
        handler: async (req, res, report) => {
          await sleep(delay);
          report((await readAll(req)).toString());
          res.end('ok');
        },
        steps: [post('late')],
      });
      expect(reported).toEqual(['late']);
      expect(entryOf(logs[0]).request.postData?.text).toBe('late');
    },
  );

  it('3: the handler finds request and response untouched', async () => {
    const { reported } = await compare({
      handler: (req, res, report) => {
        report(req.readableFlowing);
        report(['data', 'end', 'error', 'readable'].map((event) => req.listenerCount(event)));
        report(Object.keys(req));
        report(Object.keys(res).filter((key) => key !== 'socket'));
        report([res.write.length, res.end.length, res.writeHead.length, req.push.length]);
        res.end();
      },
      steps: [GET],
    });
    expect(reported[0]).toBeNull();
    expect(reported[1]).toEqual([0, 0, 0, 0]);
    expect(reported[2]).not.toContain('push');
    expect(reported[3]).not.toContain('write');
  });

  it('4: a body that nobody reads is logged as far as it came in', async () => {
    const { logs } = await compare({
      handler: (_req, res) => {
        res.end('no');
      },
      steps: [post('unread')],
    });
    expect(entryOf(logs[0]).request.postData?.text).toBe('unread');
    expect(entryOf(logs[0]).response.content.text).toBe('no');
  });

  it('5: a character split over packets and writes stays one character', async () => {
    const euro = Buffer.from('€');
    const { reported, logs } = await compare({
      handler: (req, res, report) => {
        req.setEncoding('utf8');
        let text = '';
        req.on('data', (chunk: string) => {
          text += chunk;
        });
        req.on('end', () => {
          report(text);
          for (const byte of euro) res.write(Buffer.of(byte));
          res.end();
        });
      },
      steps: [
        'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\n',
        20,
        euro.subarray(0, 1),
        20,
        euro.subarray(1, 2),
        20,
        euro.subarray(2),
      ],
    });
    expect(reported).toEqual(['€']);
    expect(entryOf(logs[0]).request.postData?.text).toBe('€');
    expect(entryOf(logs[0]).response.content.text).toBe('€');
  });

  it('6: bytes that are no text are logged as bytes though the application reads them as text', async () => {
    const bytes = Buffer.of(0xff, 0x00, 0xfe, 0x80);
    const { logs } = await compare({
      handler: (req, res) => {
        req.setEncoding('utf8');
        req.resume();
        req.on('end', () => res.end(bytes));
      },
      steps: [post(bytes, 'application/x-custom')],
    });
    const { request: received, response } = entryOf(logs[0]);
    expect(Buffer.from(received.postData?.text ?? '', 'base64')).toEqual(bytes);
    expect(received.postData?.comment).toMatch(/base64/);
    expect(response.content.encoding).toBe('base64');
    expect(Buffer.from(response.content.text ?? '', 'base64')).toEqual(bytes);
  });

  it('7: of bodies over the cap the beginning is kept, the totals are right and the rest is marked', async () => {
    const { logs } = await compare({
      handler: async (req, res) => {
        await readAll(req);
        for (let part = 0; part < 4; part++) res.write('o'.repeat(50_000));
        res.end();
      },
      steps: [post('i'.repeat(100_000), 'text/plain')],
    });
    const { request: received, response } = entryOf(logs[0]);
    expect(received.postData?.text).toBe('i'.repeat(65_536));
    expect(received.bodySize).toBe(100_000);
    expect(received.postData?.comment).toMatch(/truncated/);
    expect(response.content.text).toBe('o'.repeat(65_536));
    expect(response.bodySize).toBe(200_000);
    expect(response.content.comment).toMatch(/truncated/);
  });

  it('8: a client that disappears in the middle of its body leaves one log with what it sent', async () => {
    const { reported, logs } = await compare({
      handler: (req, _res, report) => {
        req.resume();
        req.on('error', (error: NodeJS.ErrnoException) => report(error.code));
        req.on('aborted', () => report('aborted'));
      },
      steps: [
        'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n',
        'x'.repeat(400),
      ],
      destroyAfter: 30,
    });
    expect(reported).toEqual(['aborted', 'ECONNRESET']);
    expect(logs).toHaveLength(1);
    const entry = entryOf(logs[0]);
    expect(entry.request.bodySize).toBe(400);
    expect(entry.request.postData?.text).toBe('x'.repeat(400));
    expect(entry.response.status).toBe(0);
    expect(entry.comment).toMatch(/aborted/);
  });

  it('9: pipelined requests that finish out of order keep their bodies', async () => {
    const one = (name: string, last = false) =>
      `POST /${name} HTTP/1.1\r\nHost: a\r\n${last ? 'Connection: close\r\n' : ''}Content-Length: ${name.length}\r\n\r\n${name}`;
    const { logs } = await compare({
      handler: async (req, res) => {
        const body = await readAll(req);
        await sleep({ '/slow': 60, '/middle': 30 }[req.url ?? ''] ?? 0);
        res.end(`re:${body}`);
      },
      steps: [one('slow') + one('middle') + one('fast', true)],
    });
    const byUrl = logs
      .map((log) => entryOf(log))
      .map(({ request: { url, postData }, response }) => [
        new URL(url).pathname,
        postData?.text,
        response.content.text,
      ]);
    expect(byUrl.sort()).toEqual([
      ['/fast', 'fast', 're:fast'],
      ['/middle', 'middle', 're:middle'],
      ['/slow', 'slow', 're:slow'],
    ]);
  });

  it('10: every encoding of write and end is understood', async () => {
    const { answer, logs } = await compare({
      handler: (_req, res) => {
        res.setHeader('Content-Length', 8);
        res.write('hé', 'latin1');
        res.write('6869', 'hex');
        res.write(Uint8Array.of(1, 2));
        res.end('aGk=', 'base64');
      },
      steps: [GET],
    });
    const bytes = Buffer.from('68e9686901026869', 'hex');
    expect(Buffer.from(bodyOf(answer), 'latin1')).toEqual(bytes);
    expect(Buffer.from(entryOf(logs[0]).response.content.text ?? '', 'base64')).toEqual(bytes);
  });

  it('11: callbacks of write and end are called once and never logged', async () => {
    const { reported, logs } = await compare({
      handler: async (_req, res, report) => {
        res.write('a', () => report('a written'));
        res.write('b', 'utf8', () => report('b written'));
        await sleep(20);
        report(res.end('c', () => report('ended')) === res);
      },
      steps: [GET],
    });
    expect(reported).toEqual(['a written', 'b written', true, 'ended']);
    expect(entryOf(logs[0]).response.content.text).toBe('abc');
    for (const end of [
      (res: ServerResponse, report: Report) => res.end(() => report('ended')),
      (res: ServerResponse, report: Report) => {
        res.on('finish', () => report('finish'));
        return res.end();
      },
    ]) {
      const outcome = await compare({
        handler: (_req, res, report) => report(end(res, report) === res),
        steps: [GET],
      });
      expect(outcome.reported).toHaveLength(2);
      expect(entryOf(outcome.logs.at(-1)).response.content.text ?? '').toBe('');
    }
  });

  it('12: a write after the end fails as it does without the package', async () => {
    const { reported, logs } = await compare({
      handler: (_req, res, report) => {
        reportErrors(res, report);
        res.end('ok');
        report(res.write('LATE'));
      },
      steps: [GET],
    });
    expect(reported).toContainEqual(['error', 'ERR_STREAM_WRITE_AFTER_END']);
    expect(entryOf(logs[0]).response.content.text).toBe('ok');
  });

  it('13: a write of the wrong type throws as it does without the package', async () => {
    const { reported, logs } = await compare({
      handler: (_req, res, report) => {
        try {
          res.write(123 as unknown as string);
        } catch (error) {
          report((error as NodeJS.ErrnoException).code);
        }
        res.end('ok');
      },
      steps: [GET],
    });
    expect(reported).toEqual(['ERR_INVALID_ARG_TYPE']);
    expect(entryOf(logs[0]).response.content.text).toBe('ok');
  });

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('14: a %s response with status %i has no body in the log', async (method, status) => {
    const { logs } = await compare({
      handler: (_req, res) => {
        res.statusCode = status;
        res.end('hello');
      },
      steps: [`${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`],
    });
    const { content, bodySize } = entryOf(logs[0]).response;
    expect(content.text ?? '').toBe('');
    expect(bodySize).toBe(0);
  });

  it('15: headers are logged as they were sent, however they were set', async () => {
    const { logs } = await compare({
      handler: (_req, res) => {
        res.writeHead(201, 'Made', ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']);
        res.end('x');
      },
      steps: [GET],
    });
    const { response } = entryOf(logs[0]);
    expect(response.statusText).toBe('Made');
    expect(response.headers.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Set-Cookie: a=[REDACTED 1]',
      'Set-Cookie: b=[REDACTED 1]',
      expect.stringMatching(/^Date: ./),
      'Connection: close',
      'Transfer-Encoding: chunked',
    ]);
    const outcome = await compare({
      handler: (_req, res) => {
        res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
      },
      steps: [GET],
    });
    expect(entryOf(outcome.logs.at(-1)).response.content.mimeType).toBe('application/json');
  });

  it('16: buffers that the application uses again are logged as they were', async () => {
    const { answer, logs } = await compare({
      handler: (req, res, report) => {
        req.on('data', (chunk: Buffer) => {
          for (let index = 0; index < chunk.length; index++)
            chunk[index] = (chunk[index] ?? 0) ^ 0xff;
          report(chunk.toString('hex'));
        });
        req.on('end', () => {
          const buffer = Buffer.from('AAAA');
          res.setHeader('Content-Length', 8);
          res.write(buffer, () => {
            buffer.fill('B');
            res.end(buffer);
          });
        });
      },
      steps: [post('original')],
    });
    expect(bodyOf(answer)).toBe('AAAABBBB');
    expect(entryOf(logs[0]).response.content.text).toBe('AAAABBBB');
    expect(entryOf(logs[0]).request.postData?.text).toBe('original');
  });

  it('18: an error event on the response does not end the log', async () => {
    const { logs } = await compare({
      handler: (_req, res, report) => {
        reportErrors(res, report);
        res.emit('error', Object.assign(new Error('x'), { code: 'E_TEST' }));
        res.statusCode = 500;
        res.end('fail');
      },
      steps: [GET],
    });
    expect(logs).toHaveLength(1);
    expect(entryOf(logs[0]).response).toMatchObject({ status: 500, content: { text: 'fail' } });
  });

  it('19: a server that hands requests to another one makes one log', async () => {
    const inner = createServer((_req, res) => res.end('inner'));
    const { logs } = await compare({
      handler: (req, res) => {
        inner.emit('request', req, res);
      },
      steps: [GET],
    });
    expect(logs).toHaveLength(1);
    expect(entryOf(logs[0]).response.content.text).toBe('inner');
  });

  it('20: an upload that is left unread stalls its sender as it does without the package', async () => {
    const total = 50 * 1024 * 1024;
    const sentAfterPause: number[] = [];
    for (const observed of [false, true]) {
      if (observed) observer.instrumentation.enable();
      else observer.instrumentation.disable();
      const server = createServer(async (req, res) => {
        await sleep(500);
        let bytes = 0;
        for await (const chunk of req) bytes += (chunk as Buffer).length;
        res.end(String(bytes));
      });
      const port = await listen(server);
      const upload = request({ port, method: 'POST', headers: { 'content-length': total } });
      const answer = new Promise<string>((resolve, reject) => {
        upload.on('error', reject);
        upload.on('response', (res) => {
          let text = '';
          res.on('data', (chunk) => {
            text += chunk;
          });
          res.on('end', () => resolve(text));
        });
      });
      let sent = 0;
      const source = new Readable({
        read() {
          const size = Math.min(64 * 1024, total - sent);
          sent += size;
          this.push(size === 0 ? null : Buffer.alloc(size, 'u'));
        },
      });
      const uploaded = pipeline(source, upload);
      await sleep(300);
      sentAfterPause.push(sent);
      await uploaded;
      expect(await answer).toBe(String(total));
      await closeServer(server);
    }
    // Both stall far from the end; how much fits into the kernel's buffers varies a little.
    for (const sent of sentAfterPause) expect(sent).toBeLessThan(total / 2);
    const [log] = await observer.logs();
    expect(entryOf(log).request.bodySize).toBe(total);
  });

  it('20: a slow client makes write() return what it returns without the package', async () => {
    const returned: boolean[][] = [];
    for (const observed of [false, true]) {
      if (observed) observer.instrumentation.enable();
      else observer.instrumentation.disable();
      const results: boolean[] = [];
      const server = createServer(async (_req, res) => {
        for (let part = 0; part < 32; part++) {
          const more = res.write(Buffer.alloc(64 * 1024, 'd'));
          results.push(more);
          if (!more) await new Promise((resolve) => res.once('drain', resolve));
        }
        res.end();
      });
      const port = await listen(server);
      await new Promise<void>((resolve, reject) => {
        get({ port }, (res) => {
          res.on('error', reject).on('end', resolve);
          res.pause();
          setTimeout(() => res.resume(), 100);
        }).on('error', reject);
      });
      await closeServer(server);
      returned.push(results);
    }
    expect(returned[1]).toHaveLength(32);
    expect(returned[1]).toEqual(returned[0]);
  });

  const readers: [string, (req: IncomingMessage) => Promise<string>][] = [
    ['for await', async (req) => (await readAll(req)).toString()],
    ['Readable.toWeb', async (req) => new Response(Readable.toWeb(req) as ReadableStream).text()],
    [
      'two data listeners',
      (req) =>
        new Promise((resolve) => {
          let [first, second] = ['', ''];
          req.on('data', (chunk) => {
            first += chunk;
          });
          req.on('data', (chunk) => {
            second += chunk;
          });
          req.on('end', () => resolve(`${first}|${second}`));
        }),
    ],
    [
      'read() and unshift()',
      (req) =>
        new Promise((resolve) => {
          let seen = false;
          let text = '';
          req.on('readable', () => {
            for (let chunk = req.read(); chunk !== null; chunk = req.read()) {
              if (!seen) {
                seen = true;
                req.unshift(chunk);
              } else {
                text += chunk;
              }
            }
          });
          req.on('end', () => resolve(text));
        }),
    ],
  ];
  it.each(readers)('21: a body read with %s is logged once', async (_name, read) => {
    const { logs } = await compare({
      handler: async (req, res, report) => {
        report(await read(req));
        res.end('ok');
      },
      steps: [post('one copy')],
    });
    expect(entryOf(logs[0]).request.postData?.text).toBe('one copy');
  });

  it('21: pipeline(req, res) is logged in both directions', async () => {
    const { logs } = await compare({
      handler: (req, res) => pipeline(req, res),
      steps: [post('piped')],
    });
    expect(entryOf(logs[0]).request.postData?.text).toBe('piped');
    expect(entryOf(logs[0]).response.content.text).toBe('piped');
  });

  it.each([
    ['GET // HTTP/1.1\r\nHost: h', 'http://h//'],
    ['GET http://other/p?q=1 HTTP/1.1\r\nHost: h', 'http://other/p?q=1'],
    [`GET / HTTP/1.1\r\nHost: h\r\nX-Long: ${'v'.repeat(2000)}`, 'http://h/'],
    ['GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nX-A: 2', 'http://h/'],
    ['GET / HTTP/1.1\r\nHost: h\r\nX-L: caf\xe9', 'http://h/'],
  ])('27: %j makes a log and no crash', async (head, url) => {
    const { logs } = await compare({
      handler: (_req, res) => {
        res.setHeader('X-Latin1', 'caf\xe9');
        res.end('ok');
      },
      steps: [Buffer.from(`${head}\r\nConnection: close\r\n\r\n`, 'latin1')],
    });
    const entry = entryOf(logs[0]);
    expect(entry.request.url).toBe(url);
    const sent = head.split('\r\n').slice(1);
    expect(
      entry.request.headers.map(({ name, value }) => `${name}: ${value}`).slice(0, -1),
    ).toEqual(sent);
    expect(entry.response.headers).toContainEqual({ name: 'X-Latin1', value: 'café' });
  });

  it('27: a request without Host is logged with the address it came to', async () => {
    const { logs } = await compare({
      handler: (_req, res) => {
        res.end('ok');
      },
      steps: ['GET /x HTTP/1.0\r\n\r\n'],
    });
    expect(entryOf(logs[0]).request.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/x$/);
  });
});

describe('connections', () => {
  async function withServer(
    prepare: (server: ReturnType<typeof createServer>) => void,
    talk: (port: number) => Promise<void>,
  ): Promise<ReceivedLog[]> {
    observer.instrumentation.enable();
    const server = createServer();
    prepare(server);
    const port = await listen(server);
    await talk(port);
    await closeServer(server);
    return observer.logs();
  }

  it('19: an upgrade is left alone and not logged', async () => {
    const logs = await withServer(
      (server) =>
        server.on('upgrade', (_req, socket) => {
          socket.end(
            'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhi',
          );
        }),
      async (port) => {
        const { text } = await rawExchange(port, [
          'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
        ]);
        expect(text).toMatch(/^HTTP\/1.1 101[\s\S]*hi$/);
      },
    );
    expect(logs).toEqual([]);
  });

  it('19: a checkContinue listener makes one log', async () => {
    const logs = await withServer(
      (server) =>
        server.on('checkContinue', async (req: IncomingMessage, res: ServerResponse) => {
          res.writeContinue();
          res.end(await readAll(req));
        }),
      async (port) => {
        const { text } = await rawExchange(port, [
          'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
          20,
          'hi',
        ]);
        expect(text).toMatch(/^HTTP\/1.1 100 Continue[\s\S]*200 OK/);
      },
    );
    expect(logs).toHaveLength(1);
    expect(entryOf(logs[0]).request.postData?.text).toBe('hi');
    expect(entryOf(logs[0]).response.content.text).toBe('hi');
  });

  it('26: early hints and trailers pass, and are not taken for body', async () => {
    const logs = await withServer(
      (server) =>
        server.on('request', (async (req: IncomingMessage, res: ServerResponse) => {
          await readAll(req);
          res.writeEarlyHints({ link: '</style.css>; rel=preload' });
          res.writeProcessing();
          res.writeHead(200, { Trailer: 'X-Sum' });
          res.write('body');
          res.addTrailers({ 'X-Sum': '1' });
          res.end();
        }) as Handler),
      async (port) => {
        const { text } = await rawExchange(port, [
          'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n',
        ]);
        expect(text).toMatch(
          /^HTTP\/1.1 103[\s\S]*HTTP\/1.1 102[\s\S]*HTTP\/1.1 200[\s\S]*X-Sum: 1/,
        );
      },
    );
    expect(entryOf(logs[0]).request.postData?.text).toBe('hi');
    expect(entryOf(logs[0]).response).toMatchObject({ status: 200, content: { text: 'body' } });
  });

  it('26: keep-alive requests on one connection make a log each', async () => {
    const logs = await withServer(
      (server) => server.on('request', (req, res) => res.end(req.url)),
      async (port) => {
        const one = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
        await rawExchange(port, [one('/1'), 30, one('/2'), 30, one('/3')], { destroyAfter: 30 });
      },
    );
    expect(logs.map((log) => entryOf(log).response.content.text)).toEqual(['/1', '/2', '/3']);
  });

  it('pipelined requests whose client disappears are all logged and give their memory back', async () => {
    const logs = await withServer(
      (server) => server.on('request', (req, _res) => req.resume()),
      async (port) => {
        const one = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi';
        const socket = connect({ port, host: '127.0.0.1' });
        socket.on('error', () => {});
        socket.write(one.repeat(12));
        await rounds();
        socket.destroy();
        await rounds();
      },
    );
    expect(logs).toHaveLength(12);
    for (const log of logs) expect(entryOf(log).response.status).toBe(0);
  });

  it('a server-sent event stream is logged when it ends, and reaches the client while it runs', async () => {
    let end = () => {};
    const logs = await withServer(
      (server) =>
        server.on('request', (async (_req: IncomingMessage, res: ServerResponse) => {
          res.writeHead(200, { 'Content-Type': 'text/event-stream' });
          res.write('data: 1\n\n');
          await new Promise<void>((resolve) => {
            end = resolve;
          });
          await sleep(50);
          res.end('data: 2\n\n');
        }) as Handler),
      (port) =>
        new Promise((resolve, reject) => {
          get({ port }, (res) => {
            res.once('data', async (chunk) => {
              expect(String(chunk)).toBe('data: 1\n\n');
              expect(await observer.logs()).toEqual([]);
              end();
            });
            res.on('end', resolve);
          }).on('error', reject);
        }),
    );
    expect(entryOf(logs[0]).response.content.text).toBe('data: 1\n\ndata: 2\n\n');
    expect(entryOf(logs[0]).time).toBeGreaterThanOrEqual(40);
  });
});
