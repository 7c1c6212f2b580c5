'use strict';

const { resolve } = require('node:path');
const { DENIED_NAME } = require('./exchange');

/**
 * What stands in the process of an Express API.
 *
 * - `label`: its name in tables.
 * - `prepare({ metricsServer, before })`: called before Express is loaded; may return an object with
 *   `forceFlush()`.
 * - `middleware()`: goes before all other middleware.
 * - `environment(metricsServer)`: of the process.
 * - `logs`: whether each request makes a log.
 */
const EXPRESS_VARIANTS = {
  bare: { label: 'bare Express' },

  otel: { label: 'HttpInstrumentation', prepare: instrumentHttp },

  readmeio: {
    label: 'readmeio',
    environment: (metricsServer) => ({ README_METRICS_SERVER: metricsServer }),
    middleware: readmeio,
    logs: true,
  },

  readme: thisPackage('this package'),
  'no-worker': thisPackage('this package, no worker', { backgroundWorkerMode: false }),

  /** Another state of this package: the folder that `--before` gives. */
  before: {
    label: 'this package, before',
    prepare: ({ metricsServer, before }) => instrumentReadme(resolve(before), { metricsServer }),
    logs: true,
  },
};

const DEFAULT_VARIANTS = ['bare', 'otel', 'readmeio', 'readme'];

/** Logs that start a send; the default of this package, and what readmeio is given. */
const BUFFER_LENGTH = 10;

function thisPackage(label, options) {
  return {
    label,
    prepare: ({ metricsServer }) =>
      instrumentReadme('readme-metrics-opentelemetry', { metricsServer, ...options }),
    logs: true,
  };
}

function instrumentReadme(from, options) {
  const { ReadmeInstrumentation } = require(from);
  return new ReadmeInstrumentation({ apiKey: 'bench', denylist: [DENIED_NAME], ...options });
}

/** As https://docs.readme.com/main/docs/sending-logs-to-readme-with-nodejs has it for Express. */
function readmeio() {
  const readme = require('readmeio');
  const group = { apiKey: 'owlbert', label: 'Owlbert', email: 'owlbert@example.com' };
  const options = {
    bufferLength: BUFFER_LENGTH,
    denylist: [DENIED_NAME],
    // Without it readmeio would read a file and may ask ReadMe, both for each request.
    baseLogUrl: 'https://docs.example.com',
  };
  return (request, response, next) => {
    readme.log('bench', request, response, group, options);
    next();
  };
}

/** Every request is sampled; finished spans are thrown away, so that no exporter is measured. */
function instrumentHttp() {
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
  const { BatchSpanProcessor, NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
  const exporter = {
    export: (_spans, callback) => callback({ code: 0 }),
    shutdown: async () => {},
  };
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  provider.register();
  new HttpInstrumentation().setTracerProvider(provider);
}

module.exports = { BUFFER_LENGTH, DEFAULT_VARIANTS, EXPRESS_VARIANTS };
