import type { Attributes, Context, HrTime, SpanContext, SpanKind } from '@opentelemetry/api';

/**
 * What this package needs to know of a finished span. Its own type, not the SDK's, so that one
 * declaration fits the `ReadableSpan` of SDK 2.x and of 3.x.
 */
export interface FinishedSpan {
  readonly kind: SpanKind;
  readonly startTime: HrTime;
  readonly attributes: Attributes;
  readonly instrumentationScope?: { readonly name: string };
  spanContext(): SpanContext;
}

/** A span that has started, as an SDK hands it to `onStart`. */
export interface StartedSpan {
  readonly kind: SpanKind;
  spanContext(): SpanContext;
}

/** Result of an export, as OpenTelemetry's exporters report it: code 0 is success, 1 is failure. */
export interface ExportResult {
  code: 0 | 1;
  error?: Error;
}

/** The `SpanProcessor` of SDK 2.x and 3.x. */
export interface SpanProcessorLike {
  onStart(span: StartedSpan, parentContext: Context): void;
  onEnd(span: FinishedSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** The `SpanExporter` of SDK 2.x and 3.x. */
export interface SpanExporterLike {
  export(spans: FinishedSpan[], resultCallback: (result: ExportResult) => void): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}
