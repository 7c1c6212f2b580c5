'use strict';

const { ReadmeSpanExporter, readmeHttpHooks } = require('readme-metrics-opentelemetry');
const { batches, startSdk } = require('./their-sdk.cjs');

startSdk({
  http: readmeHttpHooks(),
  spanProcessors: [batches(new ReadmeSpanExporter())],
});
