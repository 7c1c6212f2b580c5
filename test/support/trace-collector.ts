import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly scope: string;
  /** Everything else that was exported with the span, without ids and times. */
  readonly rest: unknown;
  readonly attributes: Record<string, unknown>;
  /** The path of the collector's endpoint that it came to. */
  readonly exporter: string;
}

export interface TraceCollector {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  close(): void;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: Record<string, unknown>;
}

interface OtlpSpan extends Omit<CollectedSpan, 'attributes'> {
  readonly attributes?: OtlpAttribute[];
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly events?: { timeUnixNano: string }[];
  readonly links?: unknown[];
}

interface OtlpTraces {
  readonly resourceSpans: {
    resource: { attributes: OtlpAttribute[] };
    scopeSpans: { scope: unknown; spans: OtlpSpan[] }[];
  }[];
}

/** Takes what exporters of OTLP over http/json send. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const server = createServer(async (request, response) => {
    const traces = (await json(request)) as OtlpTraces;
    spans.push(...collected(traces, request.url as string));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function collected({ resourceSpans }: OtlpTraces, exporter: string): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => {
        const { traceId, spanId, parentSpanId, name, kind, attributes, events, ...rest } = span;
        const { startTimeUnixNano: _start, endTimeUnixNano: _end, ...others } = rest;
        const origin = resource.attributes.map(({ key }) => key).sort();
        return {
          ...{ traceId, spanId, name, kind, exporter, scope: JSON.stringify(scope) },
          ...(parentSpanId && { parentSpanId }),
          attributes: Object.fromEntries(attributes?.map(({ key, value }) => [key, value]) ?? []),
          rest: {
            ...others,
            origin,
            events: events?.map(({ timeUnixNano: _, ...event }) => event),
          },
        };
      }),
    ),
  );
}
