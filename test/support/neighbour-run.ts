import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceivedLog } from '../../src/local/metrics-server';
import { PATIENCE_MILLIS } from './patience';
import type { HttpAnswer } from './spawned-app';
import { type CollectedSpan, startTraceCollector, type TraceCollector } from './trace-collector';
import type { StartOptions, ZeroCode, ZeroCodeApp } from './zero-code';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CLIENT = 'b7ad6b7169203331';

/** Requests of a client without tracing, of one that is sampled, and of one that is not. */
const REQUESTS: [string, Record<string, string>][] = [
  ['/call', {}],
  ['/missing?page=2', {}],
  ['/call/sampled', { traceparent: `00-${TRACE}-${CLIENT}-01`, tracestate: 'owl=1' }],
  ['/call/unsampled', { traceparent: `00-${TRACE.replace('0', '1')}-${CLIENT}-00` }],
];

/** What the neighbour, the client and the upstream see of a run: ids, ports and times masked. */
export interface Seen {
  readonly answers: unknown[];
  /** `traceparent` of each request to the upstream: trace, parent span and flags. */
  readonly upstream: unknown[];
  readonly spans: unknown[];
  readonly output: { stdout: string; stderr: string; code: number };
}

export interface NeighbourRun {
  readonly seen: Seen;
  readonly logs: readonly ReceivedLog[];
  /** The id of the trace that each handler was in, by path of the request; empty without a trace. */
  readonly traceIds: Record<string, string>;
  /** The value of `readme.log.id` on server spans, and their trace. */
  readonly logIds: { logId: string; traceId: string; exporter: string }[];
}

/** Code of a handler that asks the upstream twice, by `http` and by `fetch`, and tells its trace. */
export const CALLING_SERVER = `
const server = createServer((request, response) => {
  const span = trace.getActiveSpan()?.spanContext();
  const traceId = span !== undefined && isSpanContextValid(span) ? span.traceId : '';
  const answer = (status) => response.writeHead(status, { 'x-trace': traceId }).end('owl');
  if (!request.url.startsWith('/call')) return answer(404);
  get(process.env.UPSTREAM + '/http', (upstream) => {
    upstream.resume().on('end', async () => {
      await (await fetch(process.env.UPSTREAM + '/fetch')).text();
      answer(200);
    });
  });
});`;
export const CALLING_IMPORTS = {
  '@opentelemetry/api': 'isSpanContextValid, trace',
  http: 'createServer, get',
};

/** Starts an application that has {@link CALLING_SERVER}, sends requests and ends it. */
export async function runNeighbour(
  zeroCode: ZeroCode,
  file: string,
  { env, ...options }: StartOptions,
): Promise<NeighbourRun> {
  const collector = await startTraceCollector();
  const upstream = await startUpstream();
  try {
    const app = await zeroCode.start(file, {
      ...options,
      env: {
        UPSTREAM: upstream.url,
        README_BUFFER_LENGTH: '1',
        OTEL_EXPORTER_OTLP_TIMEOUT: String(PATIENCE_MILLIS),
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process,serviceinstance',
        // What goes wrong, a second registration for instance, is on stderr.
        OTEL_LOG_LEVEL: 'warn',
        ...env,
      },
    });
    const answers: HttpAnswer[] = [];
    for (const [path, headers] of REQUESTS) {
      answers.push(await app.get(path, headers));
      // What the sending of a log does to the process, the next request meets.
      await sleep(100);
    }
    const code = await app.end();
    return summary(app, code, answers, collector, upstream);
  } finally {
    collector.close();
    upstream.close();
  }
}

function summary(
  app: ZeroCodeApp,
  code: number,
  answers: readonly HttpAnswer[],
  collector: TraceCollector,
  upstream: Upstream,
): NeighbourRun {
  const traceIds = Object.fromEntries(
    answers.map(({ headers }, i) => [REQUESTS[i]?.[0] as string, String(headers['x-trace'] ?? '')]),
  );
  const names = new Map(Object.entries(traceIds).map(([path, id]) => [id, path]));
  for (const { spanId, name } of collector.spans) names.set(spanId, name);
  names.set(CLIENT, 'client');
  const nameOf = (id: string | undefined) => id && (names.get(id) ?? 'unknown');
  const ports = [app.port, new URL(upstream.url).port, new URL(collector.url).port];
  const masked = <Value>(value: Value): Value =>
    JSON.parse(
      JSON.stringify(value).replaceAll(new RegExp(`\\b(${ports.join('|')})\\b`, 'g'), '0'),
    );

  const comparable = ({ traceId, spanId: _, parentSpanId, attributes, ...span }: CollectedSpan) => {
    const { 'readme.log.id': _log, ...own } = attributes;
    for (const key of Object.keys(own)) if (/peer\.port$/.test(key)) own[key] = '*';
    return { ...span, attributes: own, trace: nameOf(traceId), parent: nameOf(parentSpanId) };
  };
  return {
    logs: app.metrics.logs,
    traceIds,
    logIds: collector.spans.flatMap(({ attributes, traceId, exporter }) => {
      const { stringValue } = (attributes['readme.log.id'] ?? {}) as { stringValue?: string };
      return stringValue === undefined ? [] : [{ logId: stringValue, traceId, exporter }];
    }),
    seen: masked({
      answers: answers.map(({ headers: { date: _, 'x-trace': id, ...headers }, ...answer }) => ({
        ...answer,
        headers,
        traced: id !== '',
      })),
      upstream: upstream.traceparents.map(([url, traceparent]) => {
        const [version, traceId, spanId, flags] = traceparent.split('-');
        // A span that is not sampled is exported by nobody.
        return [url, version, nameOf(traceId), nameOf(spanId), flags];
      }),
      spans: collector.spans.map(comparable).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
      output: { stdout: app.stdout, stderr: app.stderr, code },
    }),
  };
}

function keyOf(span: object): string {
  const { trace, exporter, name, ...rest } = span as Record<string, unknown>;
  return JSON.stringify([exporter, trace, name, rest]);
}

interface Upstream {
  readonly url: string;
  readonly traceparents: [string, string][];
  close(): void;
}

async function startUpstream(): Promise<Upstream> {
  const traceparents: [string, string][] = [];
  const server = createServer((request, response) => {
    const { traceparent = 'none', tracestate = '' } = request.headers;
    traceparents.push([`${request.url} ${tracestate}`, String(traceparent)]);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    traceparents,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
