import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReceivedLog } from '../../src/local/metrics-server';
import { entryOf, type Handler, type Observer, serve, startObserver } from '../support/observe';
import { rawExchange } from '../support/raw-client';

let observer: Observer;
beforeAll(async () => {
  observer = await startObserver();
});
beforeEach(async () => {
  await observer.logs();
  observer.metrics.clear();
});
afterAll(() => observer.stop());

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** Logs of requests that are sent over one connection, by their path. */
async function logsOf(
  handler: Handler,
  requests: string,
  destroyAfter: number,
): Promise<Map<string, ReceivedLog>> {
  const api = await serve(handler);
  await rawExchange(api.port, [requests], { destroyAfter });
  await sleep(30);
  await api.close();
  const logs = await observer.logs();
  return new Map(logs.map((log) => [new URL(entryOf(log).request.url).pathname, log]));
}

describe('an exchange ends', () => {
  it('when its response is sent, though the connection stays', async () => {
    const api = await serve((_req, res) => res.end('ok'));
    await fetch(`http://127.0.0.1:${api.port}/`);
    expect(await observer.logs()).toHaveLength(1);
    await api.close();
  });

  it('when its connection goes away, and is aborted then', async () => {
    const logs = await logsOf((_req, res) => void res.write('begun'), get('/'), 30);
    const { comment, response } = entryOf(logs.get('/'));
    expect(comment).toContain('aborted');
    expect(response).toMatchObject({ status: 200, content: { text: 'begun' } });
  });

  it('when the application destroys its response', async () => {
    const logs = await logsOf((_req, res) => void res.destroy(), get('/'), 30);
    expect(entryOf(logs.get('/'))).toMatchObject({ response: { status: 0 } });
  });

  it('when the application destroys its request', async () => {
    const logs = await logsOf((req) => void req.destroy(), get('/'), 30);
    expect(entryOf(logs.get('/'))).toMatchObject({ response: { status: 0 } });
  });

  it('when a pipelined response is destroyed, or its connection goes away, before its turn', async () => {
    const logs = await logsOf(
      (req, res) => {
        if (req.url === '/destroyed') res.destroy();
      },
      get('/first') + get('/destroyed') + get('/waiting'),
      30,
    );
    expect([...logs.keys()].sort()).toEqual(['/destroyed', '/first', '/waiting']);
    for (const log of logs.values()) {
      expect(entryOf(log)).toMatchObject({
        comment: expect.stringContaining('aborted'),
        response: { status: 0 },
      });
    }
  });

  it('at the `close` event of a response that came over no connection', async () => {
    const socket = new PassThrough() as unknown as Socket;
    const request = Object.assign(new IncomingMessage(socket), { method: 'GET', url: '/injected' });
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    response.on('finish', () => response.emit('close'));
    observer.instrumentation.observe(request, response);
    response.end('ok');
    const { response: logged } = entryOf((await observer.logs())[0]);
    expect(logged).toMatchObject({ status: 200, content: { text: 'ok' } });
  });
});
