import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeServer,
  type Handler,
  listen,
  type Observer,
  serve,
  startObserver,
} from '../support/observe';
import { rawExchange } from '../support/raw-client';

let observer: Observer;
beforeAll(async () => {
  observer = await startObserver();
});
afterAll(() => observer.stop());

/** What a handler reports, without and with the package. */
async function compare(
  handler: (req: IncomingMessage, res: ServerResponse, report: (fact: unknown) => void) => void,
  converse: (port: number) => Promise<unknown> = (port) => rawExchange(port, [GET]),
): Promise<{ bare: unknown[]; observed: unknown[] }> {
  const run = async () => {
    const facts: unknown[] = [];
    const warned = (warning: Error) => facts.push(warning.name);
    process.on('warning', warned);
    const api = await serve(((req, res) =>
      handler(req, res, (fact) => facts.push(fact))) as Handler);
    await converse(api.port);
    await sleep(20);
    await api.close();
    process.off('warning', warned);
    return facts;
  };
  observer.instrumentation.disable();
  const bare = await run();
  observer.instrumentation.enable();
  return { bare, observed: await run() };
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
/** Without a Host field the server's own address is part of the URL. */
const OLD = 'GET / HTTP/1.0\r\n\r\n';

describe('an application finds', () => {
  it('as many listeners on request, response and socket as without the package', async () => {
    const { bare, observed } = await compare((req, res, report) => {
      for (const emitter of [req, res, req.socket]) {
        report(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]));
        report(emitter.getMaxListeners());
      }
      res.end('ok');
    });
    expect(observed).toEqual(bare);
  });

  it('no MaxListenersExceededWarning where there is none without the package', async () => {
    for (const listeners of [8, 10, 12]) {
      const { bare, observed } = await compare((req, res) => {
        for (let count = 0; count < listeners; count++) {
          res.on('close', () => {});
          req.on('close', () => {});
          req.socket.on('close', () => {});
        }
        res.end('ok');
      });
      expect([listeners, observed]).toEqual([listeners, bare]);
    }
  });

  it.each([
    ['with', GET],
    ['without', OLD],
  ])('no address on a socket that was disconnected, %s a Host field', async (_with, request) => {
    const { bare, observed } = await compare(
      async (req, _res, report) => {
        const { socket } = req;
        await once(socket, 'close');
        report([socket.remoteAddress, socket.remotePort, socket.localAddress, socket.localPort]);
        report(Object.keys(socket));
      },
      (port) => rawExchange(port, [request], { destroyAfter: 20 }),
    );
    expect(bare[0]).toEqual([undefined, undefined, undefined, undefined]);
    expect(observed).toEqual(bare);
  });

  it('methods of the same length, and no new properties of their own', async () => {
    const { bare, observed } = await compare((req, res, report) => {
      report([req.push.length, req.destroy.length]);
      for (const name of ['write', 'end', 'writeHead', 'detachSocket', 'destroy'] as const) {
        report([name, res[name].length]);
      }
      report([Object.keys(req), Object.keys(res)]);
      res.end('ok');
    });
    expect(observed).toEqual(bare);
  });

  it('nothing of the package in the stack of what runs when a response ends', async () => {
    const { observed } = await compare(
      (_req, res, report) => {
        for (const event of ['finish', 'close']) {
          res.on(event, () => report([event, new Error('here').stack]));
        }
        res.end('ok');
      },
      async (port) => {
        await rawExchange(port, [GET]);
        await rawExchange(port, ['GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2)], {
          destroyAfter: 20,
        });
      },
    );
    expect(observed.length).toBeGreaterThanOrEqual(4);
    expect(JSON.stringify(observed)).not.toMatch(/src\/capture/);
  });

  it('no new name and no new symbol on globalThis', () => {
    const script = `
      const look = () => Reflect.ownKeys(globalThis).map(String).sort();
      require('node:http'); require('node:worker_threads'); require('@opentelemetry/api');
      const before = look();
      const { ReadmeInstrumentation } = require(process.cwd());
      new ReadmeInstrumentation({ apiKey: 'k', metricsServer: 'http://127.0.0.1:1' });
      console.log(JSON.stringify(look().filter((name) => !before.includes(name))));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect([stdout.trim(), stderr]).toEqual(['[]', '']);
  });
});

describe('methods of an application’s own', () => {
  it('that a response had before it was observed are called', async () => {
    class OwnResponse extends ServerResponse {
      constructor(request: IncomingMessage) {
        super(request);
        const { end } = this;
        this.end = (() => Reflect.apply(end, this, ['own'])) as never;
      }
    }
    const server = createServer({ ServerResponse: OwnResponse as never });
    server.on('request', (_req: IncomingMessage, res: ServerResponse) => res.end('given'));
    const { text } = await rawExchange(await listen(server), [GET]);
    await closeServer(server);
    expect(text).toContain('own');
  });

  it('may be copied from a response to an object of another', async () => {
    const { bare, observed } = await compare((req, res, report) => {
      const other = new ServerResponse(req);
      const { writeHead, write, end, emit } = res;
      Object.assign(other, { writeHead, write, end, emit });
      other.on('custom', () => report('heard'));
      report(other.emit('custom'));
      report(other.writeHead(201) === other);
      report(other.write('x'));
      report(other.end() === other);
      report(other.statusCode);
      res.end('ok');
    });
    expect(observed).toEqual(bare);
    expect(bare).toContain('heard');
  });
});

it('the address of a client is the one that the PROXY protocol names', async () => {
  await observer.logs();
  observer.metrics.clear();
  const server = createServer((_req, res) => res.end());
  server.on('connection', (socket) => {
    Object.defineProperty(socket, 'remoteAddress', { value: '203.0.113.7' });
  });
  await rawExchange(await listen(server), [GET]);
  await closeServer(server);
  expect((await observer.logs())[0]?.clientIPAddress).toBe('203.0.113.7');
});

it('a connection that the client resets in the middle of pipelined requests leaves a log of each', async () => {
  await observer.logs();
  observer.metrics.clear();
  const api = await serve((req) => req.resume());
  const socket = connect({ port: api.port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3));
  await sleep(50);
  socket.resetAndDestroy();
  await sleep(50);
  await api.close();
  expect(await observer.logs()).toHaveLength(3);
});
