import { NodeSDK, startNodeSDK, startNodeSdk } from '@opentelemetry/sdk-node';
import {
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import {
  ReadmeInstrumentation,
  ReadmeSpanExporter,
  ReadmeSpanProcessor,
} from 'readme-metrics-opentelemetry';

const exporter: SpanExporter = new ReadmeSpanExporter({ apiKey: 'rdme_test' });
const processor: SpanProcessor = new ReadmeSpanProcessor();

export const sdk = new NodeSDK({
  spanProcessors: [
    new BatchSpanProcessor({ exporter: new ReadmeSpanExporter() }),
    new BatchSpanProcessor({ exporter, scheduledDelayMillis: 2000 }),
    new SimpleSpanProcessor({ exporter: new ReadmeSpanExporter() }),
    processor,
  ],
});

export const started = [startNodeSDK, startNodeSdk].map((start) =>
  start({
    instrumentations: [new ReadmeInstrumentation()],
    spanProcessors: [
      new ReadmeSpanProcessor(),
      new BatchSpanProcessor({ exporter: new ReadmeSpanExporter() }),
    ],
  }),
);
