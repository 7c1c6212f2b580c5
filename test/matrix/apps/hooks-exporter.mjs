import { ReadmeSpanExporter, readmeHttpHooks } from 'readme-metrics-opentelemetry';
import { batches, startSdk } from './their-sdk.mjs';

startSdk({
  http: readmeHttpHooks(),
  spanProcessors: [batches(new ReadmeSpanExporter())],
});
