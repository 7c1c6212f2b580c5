'use strict';

/** What stands in the process of an API besides a server of `node:http`. */
const VARIANTS = {
  bare: {
    label: 'bare node:http',
    instrument() {},
  },
  readme: {
    label: 'ReadmeInstrumentation',
    logs: true,
    instrument(options) {
      const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');
      return new ReadmeInstrumentation({ apiKey: 'bench', ...options });
    },
  },
};

module.exports = { VARIANTS };
