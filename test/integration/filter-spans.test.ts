import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ReadmeOptions,
  ReadmeSpanExporter,
  ReadmeSpanProcessor,
  readmeHttpHooks,
} from '../../src/index';
import { type LocalMetricsServer, startLocalMetricsServer } from '../../src/local/metrics-server';
import { API_KEY, assertValid, entryOf, type Handler, outcomes, serve } from '../support/observe';
import { rounds, until } from '../support/patience';
import { startTraceCollector } from '../support/trace-collector';
import { startTracing, type Tracing } from '../support/tracing';
import { collectWarnings } from '../support/warnings';

const KEY = 'caller-key-0123456789';
const SECRET = 'SECRETV';
const DENY: ReadmeOptions = {
  denylist: ['password', '**.deep', /token$/, 'x-hidden', 'x-told', 'x-forwarded-for'],
};
const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/REDACTION.md'), 'utf8');

const warnings = collectWarnings();
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

interface Sent {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** All that HttpInstrumentation can be asked to put on a span itself. */
const CAPTURED = {
  headersToSpanAttributes: {
    server: {
      requestHeaders: ['x-told', 'x-hidden', 'authorization', 'cookie', 'referer', 'user-agent'],
      responseHeaders: ['x-hidden', 'location'],
    },
  },
};

const answer: Handler = (req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    res.setHeader('Content-Type', req.headers['content-type'] ?? 'text/plain');
    res.setHeader('X-Hidden', SECRET);
    res.setHeader('Location', `/next?password=${SECRET}&a=1`);
    res.end(Buffer.concat(chunks));
  });
};

/** What ReadMe and what another exporter get of exchanges. */
async function exported(
  sent: readonly Sent[],
  ofHooks: ReadmeOptions,
  ofExporter: ReadmeOptions = ofHooks,
  handler = answer,
): Promise<{
  logs: typeof metrics.logs;
  spans: string;
  attributes: Record<string, unknown>[];
  exporter: ReadmeSpanExporter;
}> {
  const memory = new InMemorySpanExporter();
  const exporter = new ReadmeSpanExporter({ ...options, ...ofExporter });
  tracing = startTracing({
    spanProcessors: [new BatchSpanProcessor(exporter), new SimpleSpanProcessor(memory)],
    http: readmeHttpHooks({ ...options, ...ofHooks }, CAPTURED),
  });
  const server = await serve(handler);
  for (const { path, headers, body } of sent) {
    const response = await context.with(suppressTracing(context.active()), () =>
      fetch(`http://127.0.0.1:${server.port}${path}`, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
      }),
    );
    await response.arrayBuffer();
  }
  await rounds();
  await server.close();
  await tracing.provider.forceFlush().catch(() => {});
  await exporter.forceFlush().catch(() => {});
  // The local metrics server is in this process too, and HttpInstrumentation traces it.
  const spans = memory
    .getFinishedSpans()
    .filter(({ attributes }) => !JSON.stringify(attributes).includes('/v1/request'));
  const logs = [...metrics.logs];
  assertValid(logs);
  metrics.clear();
  await tracing.stop();
  tracing = undefined;
  const seen = spans.map(({ name, attributes, events, links, status, resource }) => ({
    name,
    attributes,
    events,
    links,
    status,
    resource: resource.attributes,
  }));
  return {
    logs,
    spans: JSON.stringify(seen),
    attributes: spans.map(({ attributes }) => attributes),
    exporter,
  };
}

/** A log without what differs from one exchange to the next. */
function comparable(log: unknown): unknown {
  const text = JSON.stringify(log, (name, value) =>
    ['_id', 'startedDateTime', 'time', 'timings'].includes(name) ? undefined : value,
  );
  return JSON.parse(
    text
      .replace(/trace-id: [0-9a-f]{32}/g, 'trace-id')
      .replace(/127\.0\.0\.1:\d+/g, 'host')
      .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, 'date'),
  );
}

const HEADERS = {
  authorization: `Bearer ${KEY}`,
  // Not of a name that is masked whatever the lists say: the length in `[REDACTED n]` is that of the mask then.
  'x-told': SECRET,
  'x-hidden': SECRET,
  'x-forwarded-for': '203.0.113.77',
  'user-agent': `client ${KEY}`,
  cookie: `session=${SECRET}`,
  referer: `http://h/?password=${SECRET}&a=1`,
};
const PATH = `/p/${KEY}?password=${SECRET}&a=1&access_token=${SECRET}&k=${KEY}`;

const FORMS: [string, string][] = [
  ['application/json', `{"a":1,"password":"${SECRET}","b":[{"deep":"${SECRET}"}]}`],
  ['application/json', `{"a":"${KEY}"}`],
  ['application/json', `{"password":"[REDACTED 7]"}`],
  ['application/x-www-form-urlencoded', `a=1&password=${SECRET}`],
  [
    'multipart/form-data; boundary=b',
    `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${SECRET}\r\n--b--\r\n`,
  ],
  ['application/x-ndjson', `{"password":"${SECRET}"}\n{"a":1}\n`],
  ['text/event-stream', `data: {"password":"${SECRET}"}\n\n`],
  ['text/plain', `{"password":"${SECRET}"}`],
  ['text/plain', `see http://h/?password=${SECRET}`],
];

describe('with filterSpans, what another exporter gets', () => {
  it('holds no denied value and not the caller’s key; ReadMe gets the same log as without', async () => {
    const sent = FORMS.map(([type, body]) => ({
      path: PATH,
      headers: { ...HEADERS, 'content-type': type },
      body,
    }));
    const without = await exported(sent, DENY);
    expect(without.spans).toContain(SECRET);
    const filtered = await exported(sent, { ...DENY, filterSpans: true });
    for (const secret of [SECRET, KEY, '203.0.113.77', Buffer.from(KEY).toString('base64')]) {
      expect(filtered.spans).not.toContain(secret);
    }
    expect(filtered.logs).toHaveLength(sent.length);
    expect(filtered.logs.map(comparable)).toEqual(without.logs.map(comparable));
    expect(JSON.stringify(filtered.logs)).not.toContain(SECRET);
    expect(filtered.attributes[0]).toMatchObject({
      'readme.filtered': true,
      'http.request.body.content':
        '{"a":1,"password":"[REDACTED 7]","b":[{"deep":"[REDACTED 7]"}]}',
      'http.request.header.x-hidden': ['[REDACTED 7]'],
    });
  });

  const rows = (DOCUMENT.split('<!-- table: body -->\n')[1]?.split('\n\n')[0]?.split('\n') ?? [])
    .slice(2)
    .map((row) =>
      row
        .slice(2, -2)
        .split(' | ')
        .map((cell) => cell.replace(/^`(.*)`$/, '$1').replaceAll('⏎', '\n')),
    )
    // fetch sends whole bodies only.
    .filter(([, , , body]) => !body?.includes('✂'));
  it.each(rows)(
    'is what docs/REDACTION.md says: %s %s, %s, %s',
    async (list, entry, type, body) => {
      const lists = { [list as string]: [entry as string] };
      const sent = [
        { path: '/?a=1', headers: { 'content-type': type as string }, body: body as string },
      ];
      const without = await exported(sent, lists);
      const filtered = await exported(sent, { ...lists, filterSpans: true });
      expect(filtered.logs.map(comparable)).toEqual(without.logs.map(comparable));
      const shown = entryOf(filtered.logs[0]).response.content.text;
      expect(filtered.attributes[0]?.['http.response.body.content']).toBe(shown);
    },
  );

  it('is over OTLP as well what ReadMe gets, and no more', async () => {
    const collector = await startTraceCollector();
    tracing = startTracing({
      spanProcessors: [
        new BatchSpanProcessor(new OTLPTraceExporter({ url: `${collector.url}/v1/traces` })),
      ],
      http: readmeHttpHooks({ ...options, ...DENY, filterSpans: true }, CAPTURED),
    });
    const server = await serve(answer);
    await fetch(`http://127.0.0.1:${server.port}${PATH}`, {
      method: 'POST',
      headers: HEADERS,
      body: `{"password":"${SECRET}"}`,
    });
    await rounds();
    await server.close();
    await tracing.provider.forceFlush();
    await until(() => collector.spans.length > 0);
    await tracing.stop();
    tracing = undefined;
    collector.close();
    const span = collector.spans.find(({ kind }) => kind === 2);
    expect(span?.attributes['readme.filtered']).toEqual({ boolValue: true });
    expect(JSON.stringify(span)).not.toMatch(new RegExp(`${SECRET}|${KEY}`));
  });

  it('of requests that are not logged has no denied value either', async () => {
    const sent = [{ path: PATH, headers: HEADERS, body: '' }];
    const { spans, logs } = await exported(sent, {
      ...DENY,
      filterSpans: true,
      allowedHttpHosts: ['other.example'],
    });
    expect(logs).toEqual([]);
    expect(spans).toContain('url.path');
    expect(spans).not.toContain(SECRET);
  });

  it('of spans that a ReadmeSpanProcessor keeps bare neither', async () => {
    const memory = new InMemorySpanExporter();
    const all = { ...options, ...DENY, filterSpans: true };
    const processor = new ReadmeSpanProcessor(all);
    tracing = startTracing({
      spanProcessors: [processor, new SimpleSpanProcessor(memory)],
      http: readmeHttpHooks(all, CAPTURED),
    });
    const server = await serve(answer);
    await fetch(`http://127.0.0.1:${server.port}${PATH}`, {
      method: 'POST',
      headers: HEADERS,
      body: '{"password":"x"}',
    });
    await rounds();
    await server.close();
    await processor.forceFlush();
    const spans = memory.getFinishedSpans().filter(({ kind }) => kind === 1);
    const seen = JSON.stringify(spans.map(({ attributes }) => attributes));
    expect(seen).not.toContain('readme.filtered');
    expect(seen).not.toMatch(new RegExp(`${SECRET}|${KEY}`));
    expect(metrics.logs).toHaveLength(1);
  });
});

describe('an exporter that gets filtered spans', () => {
  const sent = [
    {
      path: '/?password=SECRETV',
      headers: { 'content-type': 'application/json' },
      body: `{"card":"${SECRET}"}`,
    },
  ];

  it('with a list that hides more than was hidden logs nothing', async () => {
    const { exporter, logs } = await exported(
      sent,
      { denylist: ['password'], filterSpans: true },
      { denylist: ['password', 'card'] },
    );
    expect(logs).toEqual([]);
    expect(outcomes(exporter).dropped).toEqual({ lists_differ: 1 });
    await rounds();
    expect(warnings.map(({ code }) => code)).toEqual(['README_LISTS_DIFFER']);
  });

  it('without a list, or with a shorter one, sends what is there', async () => {
    const hooks = { denylist: ['password', 'card', 'x-hidden'], filterSpans: true };
    for (const list of [{}, { denylist: ['card'] }]) {
      const { logs } = await exported(sent, hooks, list);
      expect(JSON.stringify(logs)).not.toContain(SECRET);
      expect(entryOf(logs[0]).request.postData?.text).toBe('{"card":"[REDACTED 7]"}');
    }
  });
});
