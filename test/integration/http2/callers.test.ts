import type { IncomingMessage } from 'node:http';
import { Http2ServerRequest, type ServerHttp2Stream } from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import { exchangeOf } from '../../../src/capture/exchange-of';
import { type ReadmeOptions, setReadmeGroup } from '../../../src/index';
import { processBudget } from '../../../src/record/byte-budget';
import { mask } from '../../../src/redaction/mask';
import { Survivors } from '../../support/collect-garbage';
import { HAS_STREAM_CHANNEL, type Http2Case, readAll, runHttp2 } from '../../support/http2-run';
import { entryOf, type Observer, outcomes, startObserver } from '../../support/observe';
import { rounds } from '../../support/patience';

const KEY = 'owl-key-0123456789';

const callerOf = (path: string | undefined) => `the caller of ${path}`;

let observer: Observer | undefined;
afterEach(async () => {
  await observer?.stop();
  observer = undefined;
});

async function logsOf(options: ReadmeOptions, testCase: Http2Case) {
  observer = await startObserver(options);
  const { server, client } = await runHttp2(testCase);
  return { logs: await observer.logs(), server, client };
}

describe.runIf(HAS_STREAM_CHANNEL)('over HTTP/2, the grouping function', () => {
  it('gets request and response of the compatibility API, with what the application put on them', async () => {
    const seen: unknown[] = [];
    const { logs } = await logsOf(
      {
        groupingFunction: (request, response) => {
          seen.push(request instanceof Http2ServerRequest, response.req === request);
          return { apiKey: (request as IncomingMessage & { user: string }).user };
        },
      },
      {
        request: (req, res) => {
          Object.assign(req, { user: KEY });
          res.end('ok');
        },
      },
    );
    expect(seen).toEqual([true, true]);
    expect(logs[0]?.group.id).toBe(mask(KEY));
  });

  it('gets an object that describes the request where the application has the stream alone', async () => {
    let seen: unknown;
    const { logs } = await logsOf(
      {
        groupingFunction: (request, response) => {
          const { stream } = request as unknown as { stream: ServerHttp2Stream };
          const { method, url, httpVersion, socket } = request;
          const { statusCode, headersSent } = response;
          seen = [
            method,
            url,
            httpVersion,
            socket.remoteAddress,
            stream.id,
            statusCode,
            headersSent,
          ];
          response.getHeader('x');
          return { apiKey: String(request.headers['x-caller']) };
        },
      },
      {
        stream: (stream) => {
          stream.respond({ ':status': 201 });
          stream.end('ok');
        },
        client: (client) => client.send({ ':path': '/a?b', 'x-caller': KEY }),
      },
    );
    expect(seen).toEqual(['GET', '/a?b', '2.0', '127.0.0.1', 1, 0, false]);
    expect(logs[0]?.group.id).toBe(mask(KEY));
  });

  it('may be groupByApiKey', async () => {
    const { logs } = await logsOf(
      {},
      {
        stream: (stream) => stream.respond({}, { endStream: true }),
        client: async (client) => {
          await client.send({ ':path': '/', 'x-api-key': KEY });
          await client.send({ ':path': '/', authorization: `Bearer ${KEY}` });
          await client.send({ ':path': `/?api_key=${KEY}` });
        },
      },
    );
    expect(logs.map(({ group }) => group.id)).toEqual([mask(KEY), mask(KEY), mask(KEY)]);
    expect(JSON.stringify(logs)).not.toContain(KEY);
  });

  it('that throws harms nothing', async () => {
    const { logs, client } = await logsOf(
      {
        groupingFunction: () => {
          throw new Error('on purpose');
        },
      },
      { request: (_req, res) => void res.end('ok') },
    );
    expect(logs).toEqual([]);
    expect(JSON.stringify(client)).toContain('\\":status\\":200');
    expect(outcomes((observer as Observer).instrumentation).dropped).toEqual({ group_failed: 1 });
  });
});

describe.runIf(HAS_STREAM_CHANNEL)(
  'over HTTP/2, setReadmeGroup names the caller of its own stream',
  () => {
    const where: Record<string, NonNullable<Http2Case['stream']>> = {
      'in a stream handler': (stream, headers) => {
        setReadmeGroup({ apiKey: callerOf(headers[':path']) });
        stream.end('ok');
      },
      'after the body was read': async (stream, headers) => {
        await readAll(stream);
        setReadmeGroup({ apiKey: callerOf(headers[':path']) });
        stream.end('ok');
      },
      'in a listener of data': (stream, headers) => {
        stream.once('data', () => setReadmeGroup({ apiKey: callerOf(headers[':path']) }));
        stream.on('end', () => stream.end('ok'));
      },
      'in a listener of end': (stream, headers) => {
        stream.resume().on('end', () => {
          setReadmeGroup({ apiKey: callerOf(headers[':path']) });
          stream.end('ok');
        });
      },
      'by the stream': (stream, headers) => {
        setTimeout(() => {
          setReadmeGroup({ apiKey: callerOf(headers[':path']) }, stream);
          stream.end('ok');
        }, 5);
      },
    };
    const ways: [string, Http2Case][] = Object.entries(where).map(([name, stream]) => [
      name,
      { stream },
    ]);
    ways.push([
      'by the request of the compatibility API',
      {
        request: (req, res) => {
          setReadmeGroup({ apiKey: callerOf(req.url) }, req);
          res.end('ok');
        },
      },
    ]);
    ways.push([
      'in a listener of a request of the compatibility API',
      {
        request: (req, res) => {
          req.once('data', () => setReadmeGroup({ apiKey: callerOf(req.url) }));
          req.on('end', () => res.end('ok'));
        },
      },
    ]);

    it.each(ways)('%s', async (_where, testCase) => {
      const { logs } = await logsOf(
        { groupingFunction: () => null },
        {
          ...testCase,
          client: async (client) => {
            await Promise.all(
              Array.from({ length: 10 }, async (_, index) => {
                const stream = client.open({ ':method': 'POST', ':path': `/caller-${index}` });
                const isRead = client.read(stream);
                stream.write('one');
                await rounds(10 - index);
                stream.end('two');
                await isRead;
              }),
            );
          },
        },
      );
      const callers = logs.map((log) => [log.group.id, new URL(entryOf(log).request.url).pathname]);
      expect(callers.sort()).toEqual(
        Array.from({ length: 10 }, (_, index) => {
          const path = `/caller-${index}`;
          return [mask(callerOf(path)), path];
        }).sort(),
      );
    });
  },
);

describe.runIf(HAS_STREAM_CHANNEL)('over HTTP/2, x-documentation-url', () => {
  const HEADER = /"x-documentation-url":"https:\/\/docs\.example\.com\/logs\/[0-9a-f-]{36}",?/g;
  const own = Object.freeze({ ':status': 201, 'x-own': 'a' });
  const heads: [string, Http2Case][] = [
    ['respond()', { stream: (stream) => stream.respond() ?? stream.end('ok') }],
    ['respond() of frozen fields', { stream: (stream) => stream.respond(own) ?? stream.end('ok') }],
    ['a body without a head', { stream: (stream) => void stream.end('ok') }],
    ['a file', { stream: (stream) => stream.respondWithFile('package.json', own) }],
    ['writeHead', { request: (_req, res) => void res.writeHead(201, { 'x-own': 'a' }).end('ok') }],
  ];

  it.each(heads)('is all that changes for %s', async (_how, testCase) => {
    const bare = await runHttp2(testCase);
    const { client } = await logsOf({ baseLogUrl: 'https://docs.example.com' }, testCase);
    const text = JSON.stringify(client).replaceAll('\\"', '"');
    expect(text.match(HEADER)).toHaveLength(1);
    expect(text.replace(HEADER, '')).toBe(JSON.stringify(bare.client).replaceAll('\\"', '"'));
  });

  it('is the application’s own where it has one', async () => {
    const { client } = await logsOf(
      { baseLogUrl: 'https://docs.example.com' },
      { stream: (stream) => stream.respond({ 'X-Documentation-Url': 'own' }, { endStream: true }) },
    );
    expect(JSON.stringify(client)).toContain('\\"x-documentation-url\\":\\"own\\"');
  });
});

describe.runIf(HAS_STREAM_CHANNEL)('over HTTP/2, an exchange', () => {
  const answer: Http2Case['stream'] = (stream) => {
    stream.respond();
    stream.end('ok');
  };

  it('has the address, host and scheme that a trusted proxy names', async () => {
    const { logs } = await logsOf(
      { trustProxy: 'loopback' },
      {
        stream: answer,
        client: (client) =>
          client.send({
            ':path': '/',
            'x-forwarded-for': '203.0.113.7',
            'x-forwarded-host': 'public.example.com',
            'x-forwarded-proto': 'https',
          }),
      },
    );
    expect(logs[0]?.clientIPAddress).toBe('203.0.113.7');
    expect(entryOf(logs[0]).request.url).toBe('https://public.example.com/');
  });

  it('has the trace id that the client names', async () => {
    const { logs } = await logsOf(
      {},
      {
        stream: answer,
        client: (client) =>
          client.send({
            ':path': '/',
            traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
          }),
      },
    );
    expect(entryOf(logs[0]).comment).toBe('trace-id: 0af7651916cd43dd8448eb211c80319c');
  });

  it('of a host that is not allowed is not logged', async () => {
    const { logs } = await logsOf(
      { allowedHttpHosts: ['other.example.com'] },
      {
        stream: answer,
        client: async (client) => {
          await client.send({ ':path': '/' });
          await client.send({ ':path': '/', ':authority': 'other.example.com:8443' });
        },
      },
    );
    expect(logs.map((log) => entryOf(log).request.url)).toEqual(['http://other.example.com:8443/']);
  });

  it('that is open when the process ends is logged as aborted', async () => {
    const { logs } = await logsOf(
      {},
      {
        stream: (stream) => {
          stream.respond();
          stream.write('begun');
        },
        client: async (client) => {
          const stream = client.open({ ':path': '/' });
          await new Promise((resolve) => stream.once('data', resolve));
          await observer?.instrumentation.flushBeforeExit();
        },
      },
    );
    expect(entryOf(logs[0])).toMatchObject({
      response: { status: 200, content: { text: 'begun' } },
      comment: 'aborted: the connection closed before the response was complete',
    });
  });

  it('obeys the denylist', async () => {
    const { logs } = await logsOf(
      { denylist: ['secret'] },
      {
        stream: async (stream) => {
          const body = await readAll(stream);
          stream.respond({ 'content-type': 'application/json', secret: 'never' });
          stream.end(body);
        },
        client: (client) =>
          client.send(
            {
              ':method': 'POST',
              ':path': '/?secret=never',
              secret: 'never',
              'content-type': 'application/json',
            },
            '{"secret":"never"}',
          ),
      },
    );
    expect(logs).toHaveLength(1);
    expect(JSON.stringify(logs)).not.toContain('never');
  });

  it('counts against maxBufferedBytes, and gives back what it has counted', async () => {
    const before = processBudget.used;
    const { logs } = await logsOf(
      { maxBufferedBytes: 20_000 },
      {
        stream: async (stream) => {
          await rounds();
          stream.end('ok');
        },
        client: async (client) => {
          const all = Array.from({ length: 30 }, () => client.open({ ':path': '/' }, true));
          await Promise.all(all.map((stream) => client.read(stream)));
        },
      },
    );
    const { delivered, dropped } = outcomes((observer as Observer).instrumentation);
    expect(dropped.buffer_full).toBeGreaterThan(0);
    expect([delivered, delivered + (dropped.buffer_full ?? 0)]).toEqual([logs.length, 30]);
    expect(processBudget.used).toBe(before);
  });

  it('leaves nothing on a connection that stays open when it is settled', async () => {
    const survivors = new Survivors();
    let left: string[] = [];
    await logsOf(
      {},
      {
        request: (req, res) => {
          const name = req.url;
          if (name !== '/last') {
            survivors.watch(`${name} request`, req);
            survivors.watch(`${name} response`, res);
            survivors.watch(`${name} stream`, req.stream);
            survivors.watch(`${name} exchange`, exchangeOf(req.stream));
          }
          req.resume().on('end', () => res.end('ok'));
        },
        client: async (client) => {
          for (const path of ['/1', '/2', '/3', '/last']) {
            await client.send({ ':method': 'POST', ':path': path }, 'body');
          }
          await observer?.logs();
          left = await survivors.names();
        },
      },
    );
    expect(left).toEqual([]);
  });
});
