import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ReadmeInstrumentation,
  type ReadmeOptions,
  ReadmeSpanProcessor,
  readmeHttpHooks,
} from '../../src/index';
import { type LocalMetricsServer, startLocalMetricsServer } from '../../src/local/metrics-server';
import { processBudget } from '../../src/record/byte-budget';
import { collectGarbage } from '../support/collect-garbage';
import { API_KEY, entryOf, serve } from '../support/observe';
import { startTracing } from '../support/tracing';

let metrics: LocalMetricsServer;
let options: ReadmeOptions;
let clients: Socket[] = [];
beforeEach(async () => {
  metrics = await startLocalMetricsServer();
  options = { apiKey: API_KEY, metricsServer: metrics.url };
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  clients = [];
  await metrics.close();
  expect(processBudget.used).toBe(0);
});

/** An API that answers when it is asked to, and not before. */
async function waitingApi() {
  const waiting: ServerResponse[] = [];
  const api = await serve((req, res) => {
    req.resume();
    waiting.push(res);
  });
  return {
    close: () => api.close(),
    /** Requests that are not answered yet. */
    get open() {
      return waiting.length;
    },
    /** Sends requests over one connection, and waits until the application has them all. */
    async send(count: number, head = '', body = '') {
      const expected = waiting.length + count;
      const client = connect({ port: api.port, host: '127.0.0.1' });
      client.on('error', () => {});
      client.resume();
      clients.push(client);
      const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
      const method = body === '' ? 'GET' : 'POST';
      client.write(
        `${method} /path HTTP/1.1\r\nHost: a\r\n${head}${length}\r\n${body}`.repeat(count),
      );
      while (waiting.length < expected) await sleep(5);
      await sleep(20);
    },
    async answerAll() {
      for (const response of waiting.splice(0)) response.end('ok');
      await sleep(50);
    },
  };
}

async function heapUsed(): Promise<number> {
  await collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const FIELDS = Array.from({ length: 400 }, (_, index) => `${index}:x\r\n`).join('');

describe('open exchanges', () => {
  it.each([
    ['without a body', '', ''],
    ['with a body', '', 'x'.repeat(100)],
    ['with 400 header fields', FIELDS, ''],
  ])('%s hold no more than what they count with', async (_what, head, body) => {
    const count = head === '' ? 2000 : 200;
    const grownBy = async () => {
      const api = await waitingApi();
      await api.send(1, head, body);
      const [heap, counted] = [await heapUsed(), processBudget.used];
      await api.send(count, head, body);
      const grown = { heap: (await heapUsed()) - heap, counted: processBudget.used - counted };
      await api.answerAll();
      await api.close();
      return grown;
    };
    const bare = await grownBy();
    const readme = new ReadmeInstrumentation({ ...options, groupingFunction: () => null });
    await grownBy(); // what is made once only
    const observed = await grownBy();
    await readme.shutdown();
    expect(bare.counted).toBe(0);
    expect(observed.heap - bare.heap).toBeLessThan(observed.counted);
    // Not all too much, either: it would keep exchanges out of the logs.
    expect(observed.counted / count).toBeLessThan(head === '' ? 2500 : 60_000);
  });

  it('that find no room are not observed, counted as lost, and served as any other', async () => {
    const readme = new ReadmeInstrumentation({ ...options, maxBufferedBytes: 20_000 });
    const api = await waitingApi();
    await api.send(50);
    expect(api.open).toBe(50);
    expect(processBudget.used).toBeLessThan(20_000);
    const { buffer_full: lost = 0 } = readme.stats().dropped;
    expect(lost).toBeGreaterThan(30);
    expect(lost).toBeLessThan(50);
    await api.answerAll();
    await readme.forceFlush();
    expect(readme.stats()).toMatchObject({ delivered: 50 - lost, dropped: { buffer_full: lost } });
    expect(metrics.logs).toHaveLength(50 - lost);
    await api.send(1);
    await api.answerAll();
    await readme.forceFlush();
    expect(metrics.logs).toHaveLength(51 - lost);
    await api.close();
    await readme.shutdown();
  });

  it('that find no room are counted by the ReadmeSpanProcessor that owns their span', async () => {
    const processor = new ReadmeSpanProcessor({ ...options, maxBufferedBytes: 20_000 });
    const tracing = startTracing({
      spanProcessors: [processor],
      http: readmeHttpHooks({ ...options, maxBufferedBytes: 20_000 }),
    });
    const api = await waitingApi();
    await api.send(50);
    const { buffer_full: lost = 0 } = processor.stats().dropped;
    expect(lost).toBeGreaterThan(30);
    await api.answerAll();
    await processor.forceFlush();
    expect(processor.stats()).toMatchObject({ delivered: 50 - lost });
    await api.close();
    await tracing.stop();
  });

  it('whose bodies find no room are logged without them', async () => {
    const readme = new ReadmeInstrumentation({ ...options, maxBufferedBytes: 20_000 });
    const api = await waitingApi();
    await api.send(1, '', 'x'.repeat(18_000));
    await api.answerAll();
    await readme.forceFlush();
    const { request } = entryOf(metrics.logs[0]);
    expect(request.bodySize).toBe(18_000);
    expect(JSON.stringify(metrics.logs)).not.toContain('xxx');
    expect(readme.stats()).toMatchObject({ delivered: 1, dropped: {} });
    await api.close();
    await readme.shutdown();
  });
});
