import { createRequire } from 'node:module';
import { context, propagation, trace } from '@opentelemetry/api';
import {
  HttpInstrumentation,
  type HttpInstrumentationConfig,
} from '@opentelemetry/instrumentation-http';
import type { Resource } from '@opentelemetry/resources';
import {
  NodeTracerProvider,
  type Sampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';

/**
 * One for the process: its patch of Server.prototype is made when `http` is first required after it was
 * constructed, and what an instance patches, another one unwraps.
 */
const instrumentation = new HttpInstrumentation();
createRequire(import.meta.url)('http');
instrumentation.disable();

export interface Tracing {
  readonly provider: NodeTracerProvider;
  stop(): Promise<void>;
}

/** An application's own OpenTelemetry: a global TracerProvider and HttpInstrumentation. */
export function startTracing(options: {
  spanProcessors: SpanProcessor[];
  http?: HttpInstrumentationConfig;
  sampler?: Sampler;
  resource?: Resource;
  spanLimits?: { attributeValueLengthLimit?: number; attributeCountLimit?: number };
}): Tracing {
  const { http, ...config } = options;
  const provider = new NodeTracerProvider(config);
  provider.register();
  instrumentation.setConfig(http ?? {});
  instrumentation.setTracerProvider(provider);
  instrumentation.enable();
  return {
    provider,
    async stop() {
      instrumentation.disable();
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
