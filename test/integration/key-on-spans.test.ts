import { once } from 'node:events';
import { connect } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReadmeSpanExporter, readmeHttpHooks, setReadmeGroup } from '../../src/index';
import { type LocalMetricsServer, startLocalMetricsServer } from '../../src/local/metrics-server';
import { API_KEY, type Handler, serve } from '../support/observe';
import { PATIENCE_MILLIS, until } from '../support/patience';
import { startTracing, type Tracing } from '../support/tracing';

const KEY = 'schlüssel-der-eule';
const HALF = KEY.slice(0, 10);

let metrics: LocalMetricsServer;
let memory: InMemorySpanExporter;
let tracing: Tracing;

beforeEach(async () => {
  metrics = await startLocalMetricsServer();
  memory = new InMemorySpanExporter();
  const options = { apiKey: API_KEY, metricsServer: metrics.url };
  tracing = startTracing({
    spanProcessors: [
      new SimpleSpanProcessor(memory),
      new BatchSpanProcessor(new ReadmeSpanExporter(options), { scheduledDelayMillis: 20 }),
    ],
    http: readmeHttpHooks(options),
  });
});
afterEach(async () => {
  await tracing.stop();
  await metrics.close();
});

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

/** All that who sees it could make of a span, or a log. */
function readings(value: unknown): string[] {
  const texts: string[] = [];
  JSON.stringify(value, (_name, item) => {
    if (typeof item === 'string') texts.push(item);
    return item;
  });
  return texts.flatMap((text) => {
    const bytes = Buffer.from(text, 'base64');
    const swapped = Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
    return [
      text,
      Buffer.from(text, 'latin1').toString(),
      bytes.toString(),
      bytes.toString('latin1'),
      bytes.toString('utf16le'),
      swapped.toString('utf16le'),
    ];
  });
}

async function exchange(head: string, body: Buffer, length: number, answer: Handler) {
  const { port, close } = await serve((req, res) => {
    setReadmeGroup({ apiKey: KEY });
    req.on('error', () => {});
    answer(req, res);
  });
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {}).resume();
  await once(socket, 'connect');
  socket.write(
    `POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: ${length}\r\n${head}\r\n`,
    'latin1',
  );
  socket.write(body);
  await once(socket, 'close');
  const [log] = await metrics.waitForLogs(1, PATIENCE_MILLIS);
  await until(() =>
    memory.getFinishedSpans().some(({ attributes }) => attributes['readme.log.id'] === log?._id),
  );
  await close();
  const span = memory
    .getFinishedSpans()
    .find(({ attributes }) => attributes['readme.log.id'] === log?._id);
  return { log, attributes: span?.attributes };
}

const json = JSON.stringify({ a: 'b', key: KEY });

describe('on a span that everybody may export, and in the log made of it', () => {
  it.each<[string, string, Buffer]>([
    ['gzip', 'Content-Type: application/json\r\nContent-Encoding: gzip\r\n', gzipSync(json)],
    ['brotli in gzip', 'Content-Encoding: br, gzip\r\n', gzipSync(brotliCompressSync(json))],
    ['UTF-16 in gzip', 'Content-Encoding: gzip\r\n', gzipSync(Buffer.from(json, 'utf16le'))],
    [
      'UTF-16LE',
      'Content-Type: application/json; charset=utf-16le\r\n',
      Buffer.from(json, 'utf16le'),
    ],
    ['UTF-16BE that nobody declares', 'Content-Type: application/json\r\n', utf16be(json)],
    ['latin1', 'Content-Type: application/json; charset=latin1\r\n', Buffer.from(json, 'latin1')],
    ['UTF-8', 'Content-Type: application/json\r\n', Buffer.from(json)],
    [
      'UTF-8 that says latin1',
      'Content-Type: application/json; charset=latin1\r\n',
      Buffer.from(json),
    ],
    ['a coding that nobody knows', 'Content-Encoding: x-own\r\n', Buffer.from(json)],
  ])('the key is not in bodies in %s', async (_how, head, body) => {
    const { log, attributes } = await exchange(head, body, body.length, (req, res) => {
      const type = /Content-Type: (.*)\r/.exec(head)?.[1];
      const coding = /Content-Encoding: (.*)\r/.exec(head)?.[1];
      if (type) res.setHeader('Content-Type', type);
      if (coding) res.setHeader('Content-Encoding', coding);
      req.resume().on('end', () => res.end(body));
    });
    expect(attributes).toBeDefined();
    for (const text of readings([log, attributes])) {
      expect(text).not.toContain(KEY);
      expect(Buffer.from(text, 'latin1').toString()).not.toContain(KEY);
    }
    for (const side of ['request', 'response']) {
      const sent = attributes?.[`readme.${side}.body.base64`];
      if (typeof sent === 'string') expect(sent).not.toBe(body.toString('base64'));
    }
  });

  it.each<[string, (text: string) => Buffer]>([
    ['UTF-8', (text) => Buffer.from(text)],
    ['latin1', (text) => Buffer.from(text, 'latin1')],
    ['UTF-16LE', (text) => Buffer.from(text, 'utf16le')],
    ['UTF-16BE', utf16be],
    ['gzip', (text) => gzipSync(text)],
  ])('the key is not there as far as it came in %s that ends early', async (how, write) => {
    const body = write(`{"a":"b","key":"${KEY.slice(0, -2)}`);
    const head = how === 'gzip' ? 'Content-Encoding: gzip\r\n' : '';
    const { log, attributes } = await exchange(head, body, 5000, (req, res) => {
      req.once('data', () => res.end('ok'));
    });
    for (const text of readings([log, attributes])) expect(text).not.toContain(HALF);
    const postData = log?.request.log.entries[0]?.request.postData;
    expect(postData?.comment).toMatch(/truncated/);
    expect(attributes?.['readme.request.body.truncated']).toBe(true);
  });

  it('a body with a mask is marked as cut when the limits of the provider cut it', async () => {
    await tracing.stop();
    memory = new InMemorySpanExporter();
    const options = { apiKey: API_KEY, metricsServer: metrics.url };
    tracing = startTracing({
      spanProcessors: [
        new SimpleSpanProcessor(memory),
        new BatchSpanProcessor(new ReadmeSpanExporter(options), { scheduledDelayMillis: 20 }),
      ],
      http: readmeHttpHooks(options),
      spanLimits: { attributeValueLengthLimit: 150 },
    });
    const long = Buffer.from(JSON.stringify({ key: KEY, pad: 'x'.repeat(60), a: 1 }));
    const { log } = await exchange('', long, long.length, (req, res) => {
      req.resume().on('end', () => res.end('ok'));
    });
    const postData = log?.request.log.entries[0]?.request.postData;
    expect(postData?.comment).toMatch(/^truncated: /);
    expect(log?.request.log.entries[0]?.response.content).toMatchObject({ text: 'ok' });
  });

  it('names of cookies and header fields have no key, and URLs no password', async () => {
    const head = `X-owl-Key-0123456789: 1\r\nCookie: ${KEY}=1\r\nDestination: http://u:s3cr3t@h/\r\n`;
    const { log, attributes } = await exchange(head, Buffer.from('a'), 1, (_req, res) => {
      setReadmeGroup({ apiKey: 'owl-key-0123456789' });
      res.setHeader('Set-Cookie', 'a=1; Path=/owl-key-0123456789, b=s3cr3t');
      res.end();
    });
    for (const text of readings([log, attributes])) {
      expect(text.toLowerCase()).not.toContain('owl-key-0123456789');
      expect(text).not.toContain('s3cr3t');
    }
  });
});
