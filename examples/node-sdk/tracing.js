'use strict';

const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');

// The one line that is new in a set-up that was there before…
const readme = new ReadmeInstrumentation({ denylist: ['**.card'] });

const sdk = new NodeSDK({
  // …and the place where it goes. The OTLP exporter is made from OTEL_EXPORTER_OTLP_* as ever.
  instrumentations: [new HttpInstrumentation(), readme],
});
sdk.start();

module.exports = { readme, sdk };
