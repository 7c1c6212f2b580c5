'use strict';

const { ReadmeSpanProcessor, readmeHttpHooks } = require('readme-metrics-opentelemetry');
const { startSdk } = require('./their-sdk.cjs');

startSdk({
  http: readmeHttpHooks(),
  spanProcessors: [new ReadmeSpanProcessor()],
});
