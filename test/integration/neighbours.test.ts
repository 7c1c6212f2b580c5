import { setTimeout as sleep } from 'node:timers/promises';
import { context, SpanKind, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ReadmeInstrumentation,
  type ReadmeOptions,
  ReadmeSpanExporter,
  ReadmeSpanProcessor,
  readmeHttpHooks,
  setReadmeGroup,
} from '../../src/index';
import { type LocalMetricsServer, startLocalMetricsServer } from '../../src/local/metrics-server';
import { API_KEY, assertValid, entryOf, type Handler, outcomes, serve } from '../support/observe';
import { PATIENCE_MILLIS, rounds } from '../support/patience';
import { startTracing, type Tracing } from '../support/tracing';

let metrics: LocalMetricsServer;
let options: ReadmeOptions;
let tracing: Tracing | undefined;

beforeEach(async () => {
  metrics = await startLocalMetricsServer();
  options = { apiKey: API_KEY, metricsServer: metrics.url };
});
afterEach(async () => {
  await tracing?.stop();
  tracing = undefined;
  await metrics.close();
});

const SECRET = 'caller-key-0123456789';
const echo: Handler = (req, res) => {
  res.setHeader('Content-Type', 'application/json');
  req.pipe(res);
};

async function call(
  handler: Handler,
  init: RequestInit = {},
  path = '/users?page=2',
): Promise<Response> {
  const server = await serve(handler);
  try {
    // The client of the test is not part of the application: no client spans.
    const response = await context.with(suppressTracing(context.active()), () =>
      fetch(`http://127.0.0.1:${server.port}${path}`, init),
    );
    await response.clone().arrayBuffer();
    await rounds();
    return response;
  } finally {
    await server.close();
  }
}

const POST = {
  method: 'POST',
  headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
  body: '{"a":"é"}',
};

function serverSpans(exporter: InMemorySpanExporter): ReadableSpan[] {
  // The local metrics server is in this process too, and HttpInstrumentation traces it.
  return exporter
    .getFinishedSpans()
    .filter(
      ({ kind, attributes }) =>
        kind === SpanKind.SERVER && attributes['http.target'] !== '/v1/request',
    )
    .filter(({ attributes }) => attributes['url.path'] !== '/v1/request');
}

function foreignNames(spans: readonly ReadableSpan[]): string[] {
  return spans
    .flatMap((span) => Object.keys(span.attributes))
    .filter((name) => name.startsWith('readme.') || name.includes('.body.'));
}

describe('hooks on the application’s own server spans', () => {
  it('put the exchange on the span, and the exporter sends it', async () => {
    const memory = new InMemorySpanExporter();
    const exporter = new ReadmeSpanExporter(options);
    tracing = startTracing({
      spanProcessors: [
        new BatchSpanProcessor(exporter, { scheduledDelayMillis: 50 }),
        new SimpleSpanProcessor(memory),
      ],
      http: readmeHttpHooks(options),
    });
    await call(echo, POST);
    const [span] = serverSpans(memory);
    expect(span?.attributes).toMatchObject({
      'http.request.body.content': '{"a":"é"}',
      'http.response.body.content': '{"a":"é"}',
      'http.request.body.size': 10,
      'http.response.body.size': 10,
      'readme.request.url': expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/users\?page=2$/),
      'readme.log.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'readme.group.id': expect.stringMatching(/^sha512-.{88}\?6789$/),
      'readme.request.headers': expect.arrayContaining(['content-type', 'application/json']),
      'readme.response.headers': expect.arrayContaining(['Content-Type', 'application/json']),
    });
    expect(span?.attributes).not.toHaveProperty('readme.request.body.truncated');
    expect(JSON.stringify(span?.attributes)).not.toContain(SECRET);
    const [log] = await metrics.waitForLogs(1, PATIENCE_MILLIS);
    assertValid([log as never]);
    const entry = entryOf(log);
    expect(entry.request.postData?.text).toBe('{"a":"é"}');
    expect(entry.comment).toContain(span?.spanContext().traceId);
    expect(log?._id).toBe(span?.attributes['readme.log.id']);
    await exporter.forceFlush();
    expect(outcomes(exporter)).toEqual({ delivered: 1, dropped: {} });
  });

  it('carry bodies that are no UTF-8 as base64, and mark truncated ones', async () => {
    const memory = new InMemorySpanExporter();
    tracing = startTracing({
      spanProcessors: [new SimpleSpanProcessor(memory)],
      http: readmeHttpHooks({ ...options, maxBodyBytes: 4 }),
    });
    await call((_req, res) => res.end('ab€'), {
      method: 'POST',
      body: Buffer.of(0xff, 0xfe, 0x00),
    });
    expect(serverSpans(memory)[0]?.attributes).toMatchObject({
      'readme.request.body.base64': '//4A',
      'http.request.body.size': 3,
      'http.response.body.content': 'ab',
      'http.response.body.size': 5,
      'readme.response.body.truncated': true,
    });
  });

  it('run beside hooks that the user already has, which may throw', async () => {
    const memory = new InMemorySpanExporter();
    const ran: string[] = [];
    const own = (name: string) => () => {
      ran.push(name);
      throw new Error('on purpose');
    };
    tracing = startTracing({
      spanProcessors: [new SimpleSpanProcessor(memory)],
      http: readmeHttpHooks(options, {
        requestHook: own('requestHook'),
        responseHook: own('responseHook'),
        applyCustomAttributesOnSpan: own('applyCustomAttributesOnSpan'),
      }),
    });
    const response = await call(echo, POST);
    expect(await response.text()).toBe('{"a":"é"}');
    expect(ran).toEqual(['requestHook', 'responseHook', 'applyCustomAttributesOnSpan']);
    expect(serverSpans(memory)[0]?.attributes).toHaveProperty('http.request.body.content');
  });

  it('take any other configuration of the instrumentation as well', async () => {
    const memory = new InMemorySpanExporter();
    tracing = startTracing({
      spanProcessors: [new SimpleSpanProcessor(memory)],
      http: readmeHttpHooks(options, {
        serverName: 'name',
        ignoreIncomingRequestHook: (request) => request.url === '/ignored',
      }),
    });
    await call(echo, POST);
    await call(echo, POST, '/ignored');
    expect(serverSpans(memory)).toHaveLength(1);
  });

  it('lose a log whose grouping promise is pending at span end, count it and advise once', async () => {
    const warnings: string[] = [];
    const listener = (warning: Error & { code?: string }) => warnings.push(warning.code ?? '');
    process.on('warning', listener);
    const memory = new InMemorySpanExporter();
    tracing = startTracing({
      spanProcessors: [new SimpleSpanProcessor(memory)],
      http: readmeHttpHooks({ ...options, groupingFunction: () => new Promise(() => {}) }),
    });
    await call(echo, POST);
    await call(echo, POST);
    await rounds();
    process.off('warning', listener);
    expect(foreignNames(serverSpans(memory))).toEqual([]);
    expect(warnings.filter((code) => code === 'README_GROUP_PENDING')).toHaveLength(1);
  });

  it('treat a body that span limits have cut as truncated: with a list, whole members are sent', async () => {
    const exporter = new ReadmeSpanExporter({ ...options, denylist: ['password'] });
    tracing = startTracing({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
      http: readmeHttpHooks(options),
      spanLimits: { attributeValueLengthLimit: 120 },
    });
    const body = JSON.stringify({ padding: 'x'.repeat(100), password: 'hunter2-hunter2' });
    await call(echo, { ...POST, body });
    const [log] = await metrics.waitForLogs(1, PATIENCE_MILLIS);
    expect(entryOf(log).request.postData?.text).toBe(`{"padding":"${'x'.repeat(100)}"}`);
    expect(JSON.stringify(log)).not.toContain('hunter2');
  });

  it('count a log without which span limits have left too little', async () => {
    const exporter = new ReadmeSpanExporter(options);
    tracing = startTracing({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
      http: readmeHttpHooks(options),
      spanLimits: { attributeCountLimit: 20 },
    });
    await call(echo, POST);
    await exporter.forceFlush();
    expect(outcomes(exporter)).toEqual({ delivered: 0, dropped: { span_limits: 1 } });
    expect(metrics.logs).toEqual([]);
  });

  it('follow the application’s sampler', async () => {
    tracing = startTracing({
      spanProcessors: [new SimpleSpanProcessor(new ReadmeSpanExporter(options))],
      http: readmeHttpHooks(options),
      sampler: new AlwaysOffSampler(),
    });
    const response = await call(echo, POST);
    expect(await response.text()).toBe('{"a":"é"}');
    expect(metrics.logs).toEqual([]);
  });
});

describe('ReadmeSpanProcessor', () => {
  const orders = ['first', 'middle', 'last'] as const;
  it.each(orders)(
    'keeps the exchange from every other processor when it is the %s one',
    async (place) => {
      const batched = new InMemorySpanExporter();
      const simple = new InMemorySpanExporter();
      const readme = new ReadmeSpanProcessor(options);
      const spanProcessors: SpanProcessor[] = [
        new BatchSpanProcessor(batched),
        new SimpleSpanProcessor(simple),
      ];
      spanProcessors.splice(orders.indexOf(place), 0, readme);
      tracing = startTracing({ spanProcessors, http: readmeHttpHooks(options) });
      await call(echo, POST);
      await tracing.provider.forceFlush();
      for (const exporter of [batched, simple]) {
        expect(serverSpans(exporter)).toHaveLength(1);
        expect(foreignNames(exporter.getFinishedSpans())).toEqual([]);
      }
      expect(metrics.logs).toHaveLength(1);
      const entry = entryOf(metrics.logs[0]);
      expect(entry.request.postData?.text).toBe('{"a":"é"}');
      expect(entry.comment).toContain(serverSpans(simple)[0]?.spanContext().traceId);
      expect(outcomes(readme)).toEqual({ delivered: 1, dropped: {} });
    },
  );

  it('does not wait for a resource whose attributes are still being detected', async () => {
    const readme = new ReadmeSpanProcessor({ ...options, bufferLength: 1 });
    tracing = startTracing({
      spanProcessors: [readme],
      http: readmeHttpHooks(options),
      resource: resourceFromAttributes({ slow: new Promise<string>(() => {}) }),
    });
    await call(echo, POST);
    await readme.shutdown();
    expect(outcomes(readme)).toEqual({ delivered: 1, dropped: {} });
  });

  it('waits for a grouping promise', async () => {
    const readme = new ReadmeSpanProcessor(options);
    const grouped = {
      ...options,
      groupingFunction: () => sleep(100, { apiKey: 'late-key', label: 'L' }),
    };
    tracing = startTracing({
      spanProcessors: [readme],
      http: readmeHttpHooks(grouped),
    });
    await call(echo, POST);
    expect(metrics.logs).toEqual([]);
    await readme.forceFlush();
    expect(metrics.logs[0]?.group).toMatchObject({ label: 'L' });
  });

  it('logs what follows an error event on the response, though the span has ended', async () => {
    const readme = new ReadmeSpanProcessor(options);
    tracing = startTracing({
      spanProcessors: [readme],
      http: readmeHttpHooks(options),
    });
    await call((_req, res) => {
      res.on('error', () => {});
      res.emit('error', new Error('on purpose'));
      res.statusCode = 500;
      setTimeout(() => res.end('fail'), 20);
    }, POST);
    await readme.forceFlush();
    expect(entryOf(metrics.logs[0]).response).toMatchObject({
      status: 500,
      content: { text: 'fail' },
    });
  });

  it('logs nothing when the hooks were given another denylist than it', async () => {
    const readme = new ReadmeSpanProcessor(options);
    tracing = startTracing({
      spanProcessors: [readme],
      http: readmeHttpHooks({ ...options, denylist: ['a'] }),
    });
    await call(echo, POST);
    await readme.forceFlush();
    expect(metrics.logs).toEqual([]);
    expect(outcomes(readme)).toEqual({ delivered: 0, dropped: { lists_differ: 1 } });
  });

  it('says once what is missing when no hooks observe its spans', async () => {
    const warnings: string[] = [];
    const listener = (warning: Error & { code?: string }) => warnings.push(warning.code ?? '');
    process.on('warning', listener);
    tracing = startTracing({ spanProcessors: [new ReadmeSpanProcessor(options)] });
    await call(echo, POST);
    await call(echo, POST);
    process.off('warning', listener);
    expect(warnings).toEqual(['README_HOOKS_MISSING']);
  });
});

describe('ReadmeInstrumentation beside the application’s own tracing', () => {
  it('logs with the trace id of the application’s span, which gets the log id and nothing else', async () => {
    const memory = new InMemorySpanExporter();
    tracing = startTracing({ spanProcessors: [new SimpleSpanProcessor(memory)] });
    const readme = new ReadmeInstrumentation(options);
    let traceparent: unknown;
    await call((req, res) => {
      traceparent = trace.getActiveSpan()?.spanContext();
      req.pipe(res);
    }, POST);
    await readme.shutdown();
    const [span, ...others] = serverSpans(memory);
    expect(others).toEqual([]);
    expect(foreignNames([span as ReadableSpan])).toEqual(['readme.log.id']);
    expect(traceparent).toEqual(span?.spanContext());
    expect(metrics.logs).toHaveLength(1);
    expect(metrics.logs[0]?._id).toBe(span?.attributes['readme.log.id']);
    expect(entryOf(metrics.logs[0]).comment).toBe(`trace-id: ${span?.spanContext().traceId}`);
  });

  it('logs every request though the application samples none', async () => {
    tracing = startTracing({ spanProcessors: [], sampler: new AlwaysOffSampler() });
    const readme = new ReadmeInstrumentation(options);
    await call(echo, POST);
    await call(echo, POST);
    await readme.shutdown();
    expect(metrics.logs).toHaveLength(2);
  });

  it('makes one log a request beside hooks and a ReadmeSpanProcessor', async () => {
    const processor = new ReadmeSpanProcessor(options);
    tracing = startTracing({
      spanProcessors: [processor],
      http: readmeHttpHooks(options),
    });
    const readme = new ReadmeInstrumentation(options);
    await call(echo, POST);
    await Promise.all([readme.shutdown(), processor.forceFlush()]);
    expect(metrics.logs).toHaveLength(1);
  });

  it('can be disabled and enabled again', async () => {
    const readme = new ReadmeInstrumentation(options);
    readme.disable();
    await call(echo, POST);
    readme.enable();
    readme.enable();
    await call(echo, POST);
    await readme.shutdown();
    expect(metrics.logs).toHaveLength(1);
  });

  it('lets setReadmeGroup name the caller, and leaves out OPTIONS and hosts that are not allowed', async () => {
    const readme = new ReadmeInstrumentation({ ...options, allowedHttpHosts: ['127.0.0.1'] });
    await call((_req, res) => {
      setReadmeGroup({ apiKey: 'chosen-key', label: 'Chosen', email: 'c@example.com' });
      res.end();
    });
    await call(echo, { method: 'OPTIONS' });
    readme.disable();
    const strict = new ReadmeInstrumentation({ ...options, allowedHttpHosts: ['api.example.com'] });
    await call(echo, POST);
    await Promise.all([readme.shutdown(), strict.shutdown()]);
    expect(metrics.logs).toHaveLength(1);
    expect(metrics.logs[0]?.group).toMatchObject({ label: 'Chosen', email: 'c@example.com' });
  });
});

describe('ReadmeInstrumentation without any tracing', () => {
  it('logs the trace id that the client sent', async () => {
    const readme = new ReadmeInstrumentation(options);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await call(echo, { ...POST, headers: { traceparent } });
    await call(echo, { ...POST, headers: { traceparent: 'nonsense' } });
    await readme.shutdown();
    const comments = metrics.logs.map((log) => entryOf(log).comment);
    expect(comments).toEqual(['trace-id: 0af7651916cd43dd8448eb211c80319c', undefined]);
  });

  it('makes one log a request when two of them are at work', async () => {
    const [one, two] = [new ReadmeInstrumentation(options), new ReadmeInstrumentation(options)];
    await call(echo, POST);
    await Promise.all([one.shutdown(), two.shutdown()]);
    expect(metrics.logs).toHaveLength(1);
  });
});
