'use strict';

/** What stands in the process of the API besides a server of `node:http`. */
const VARIANTS = {
  bare: {
    label: 'bare node:http',
    instrument() {},
  },
  readme: {
    label: 'ReadmeInstrumentation',
    logs: true,
    instrument: instrumentReadme,
  },
  'readme-unlogged': {
    label: 'ReadmeInstrumentation, group null',
    instrument: (options) => instrumentReadme({ ...options, groupingFunction: () => null }),
  },
  otel: {
    label: 'HttpInstrumentation',
    instrument: instrumentHttp,
  },
  both: {
    label: 'HttpInstrumentation + ReadmeInstrumentation',
    logs: true,
    instrument(options) {
      instrumentHttp();
      return instrumentReadme(options);
    },
  },
};

function instrumentReadme(options) {
  const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');
  return new ReadmeInstrumentation({ apiKey: 'bench', ...options });
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

module.exports = { VARIANTS };
