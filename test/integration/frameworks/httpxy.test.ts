import { createServer } from 'node:http';
import express from 'express';
import { createProxyServer } from 'httpxy';
import { describe, expect, it } from 'vitest';
import type { ReceivedLog } from '../../../src/local/metrics-server';
import { type Application, type Entry, useBench } from '../../support/bench';
import { type Call, comparable, send } from '../../support/http-client';
import { closeServer, entryOf, listen } from '../../support/observe';
import { plainApp } from '../../support/plain-app';
import { BIG, postJson } from '../../support/scenarios';

/** An upstream, and Express with httpxy in front of it at /upstream. */
async function serveProxy(): Promise<Application> {
  const upstream = createServer(plainApp);
  const target = `http://127.0.0.1:${await listen(upstream)}`;
  const proxy = createProxyServer({ target, changeOrigin: true });
  const app = express();
  app.use('/upstream', (req, res) => {
    proxy.web(req, res).catch(() => res.status(502).send('bad gateway'));
  });
  const server = createServer(app);
  const port = await listen(server);
  return { port, close: () => Promise.all([closeServer(server), closeServer(upstream)]) };
}

describe('httpxy, the maintained successor of http-proxy', () => {
  const bench = useBench(serveProxy);

  /** What the proxy saw and what its upstream saw. */
  async function compareBoth(call: Call): Promise<{ front: Entry; back: Entry }> {
    const { logs } = await bench.compareSeen(
      async (target) => ({
        answer: comparable(await send(target, call)),
      }),
      2,
    );
    const isFront = (log: ReceivedLog) =>
      entryOf(log).request.url.includes(`:${bench.application.port}/`);
    return {
      front: entryOf(logs.find(isFront)),
      back: entryOf(logs.find((log) => !isFront(log))),
    };
  }

  it('makes a log of the proxy and one of its upstream, with the same bodies', async () => {
    const body = '{"name":"Owlbert"}';
    const { front, back } = await compareBoth(
      postJson('/upstream/echo?via=proxy', JSON.parse(body)),
    );
    expect(new URL(front.request.url).pathname).toBe('/upstream/echo');
    expect(new URL(back.request.url).pathname).toBe('/echo');
    for (const entry of [front, back]) {
      expect(entry.request.queryString).toEqual([{ name: 'via', value: 'proxy' }]);
      expect(entry.request.postData?.text).toBe(body);
      expect(entry.response).toMatchObject({ status: 201, content: { text: body } });
    }
  });

  it('logs big bodies and streams on both sides', async () => {
    const { front, back } = await compareBoth(postJson('/upstream/big', { text: BIG }));
    expect(front.request.bodySize).toBe(back.request.bodySize);
    expect(front.response.content.text === BIG && back.response.content.text === BIG).toBe(true);
    const streamed = await compareBoth({ path: '/upstream/stream' });
    expect(streamed.front.response.content.text).toBe('one two three');
    expect(streamed.back.response.content.text).toBe('one two three');
  });

  it('marks both logs as aborted when the client goes away', async () => {
    const { front, back } = await compareBoth({ path: '/upstream/endless', abort: true });
    for (const { comment, response } of [front, back]) {
      expect(comment).toMatch(/^aborted/);
      expect(response.content.text).toBe('first');
    }
  });
});
