'use strict';

const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');
const { startSdk } = require('./their-sdk.cjs');

const readme = new ReadmeInstrumentation();

startSdk({ instrumentations: [readme], end: () => readme.shutdown() });
