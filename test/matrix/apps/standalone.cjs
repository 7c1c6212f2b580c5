'use strict';

const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');
const { onEnd } = require('./application.cjs');

const readme = new ReadmeInstrumentation();

onEnd(() => readme.shutdown());
