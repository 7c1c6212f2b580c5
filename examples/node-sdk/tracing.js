'use strict';

const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');

// The one line that is new in a set-up that was there before…
const readme = new ReadmeInstrumentation({ denylist: ['@credentials', '**.card'] });

// SDK 2 and SDK 3 have NodeSDK alike; SDK 3's `startNodeSdk` takes the same line.
const sdk = new NodeSDK({
  // …and the place where it goes. The OTLP exporter is made from OTEL_EXPORTER_OTLP_* as ever.
  instrumentations: [new HttpInstrumentation(), readme],
});
sdk.start();

module.exports = { readme, sdk };
