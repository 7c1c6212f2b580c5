import type { Context, HrTime, Span, SpanContext } from '@opentelemetry/api';
import * as core from '@opentelemetry/core';
import * as trace from '@opentelemetry/sdk-trace';
import * as semantic from '@opentelemetry/semantic-conventions';

/**
 * All that this package takes from OpenTelemetry beside its API, and the only module that may import it.
 *
 * `npm run build` bundles this module with what it imports (scripts/bundle-opentelemetry.mjs): every SDK
 * package has a peer dependency on a range of the API (`<1.10.0` in SDK 2, `>=1.10.0 <1.11.0` in SDK 3), so
 * a package that depends on one of them cannot be installed beside the other major. What is exported here
 * has types of its own for the same reason: the declarations in `dist` name nothing but the API.
 *
 * A copy of these functions works with any SDK. What they share with it, they share through the API: context
 * keys come from `Symbol.for`, so `suppressTracing` and `getRPCMetadata` of one copy understand another's.
 */

/** A context in which instrumentations make no spans. */
export const suppressTracing: (context: Context) => Context = core.suppressTracing;

/** What HttpInstrumentation leaves in the context of a request. */
export interface RPCMetadata {
  /** The server span. */
  readonly span: Span;
  /** The route template, as soon as an instrumentation of the framework knows it. */
  readonly route?: string;
}

export const getRPCMetadata: (context: Context) => RPCMetadata | undefined = core.getRPCMetadata;

/** @returns `null` for what is not a `traceparent` header of W3C Trace Context. */
export const parseTraceParent: (traceParent: string) => SpanContext | null = core.parseTraceParent;

export const hrTimeToMilliseconds: (time: HrTime) => number = core.hrTimeToMilliseconds;

export const ATTR_HTTP_ROUTE: 'http.route' = semantic.ATTR_HTTP_ROUTE;

/** What a BatchSpanProcessor reads of a span. */
export interface BatchedSpan {
  /** It waits for a resource with pending attributes before it exports. */
  readonly resource: { readonly asyncAttributesPending?: boolean };
  spanContext(): SpanContext;
}

export interface SpanBatchExporter<Batched extends BatchedSpan> {
  export(spans: Batched[], resultCallback: (result: { code: 0 | 1; error?: Error }) => void): void;
  shutdown(): Promise<void>;
}

export interface BatchOptions<Batched extends BatchedSpan> {
  readonly exporter: SpanBatchExporter<Batched>;
  /** All are given, so no default of the SDK counts. */
  readonly maxExportBatchSize: number;
  readonly maxQueueSize: number;
  readonly scheduledDelayMillis: number;
  readonly exportTimeoutMillis: number;
}

export interface SpanBatches<Batched extends BatchedSpan> {
  onEnd(span: Batched): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Of `sdk-trace`: the one of `sdk-trace-base` also reads the variables `OTEL_BSP_*`. */
export const BatchSpanProcessor = trace.BatchSpanProcessor as unknown as new <
  Batched extends BatchedSpan,
>(
  options: BatchOptions<Batched>,
) => SpanBatches<Batched>;
