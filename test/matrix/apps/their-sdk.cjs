'use strict';

const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { BatchSpanProcessor } = require(process.env.MATRIX_SDK_TRACE);

module.exports = require('./their-sdk-with.cjs')({
  NodeSDK,
  HttpInstrumentation,
  BatchSpanProcessor,
});
