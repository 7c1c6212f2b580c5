import { ReadmeSpanProcessor, readmeHttpHooks } from 'readme-metrics-opentelemetry';
import { startSdk } from './their-sdk.mjs';

startSdk({
  http: readmeHttpHooks(),
  spanProcessors: [new ReadmeSpanProcessor()],
});
