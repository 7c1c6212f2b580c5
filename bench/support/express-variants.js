'use strict';

const { join } = require('node:path');
const { VARIANTS } = require('./variants');

const REGISTER = join(__dirname, '../../dist/register.js');

/**
 * What stands in the process of an Express API.
 *
 * - `label`: its name in tables.
 * - `environment(metricsServer)`, `execArgv`: of the process.
 * - `prepare()`: called before Express is loaded.
 * - `middleware()`: goes before all other middleware.
 * - `logs`: whether each request makes a log.
 */
const EXPRESS_VARIANTS = {
  bare: { label: 'bare Express' },

  otel: {
    label: 'HttpInstrumentation',
    prepare: VARIANTS.otel.instrument,
  },

  readmeio: {
    label: 'readmeio',
    environment: (metricsServer) => ({ README_METRICS_SERVER: metricsServer }),
    middleware: readmeio,
    logs: true,
  },

  worker: zeroCode('this package, worker on', true),
  'no-worker': zeroCode('this package, worker off', false),
};

/** Logs that start a send; the default of this package, and what readmeio is given. */
const BUFFER_LENGTH = 10;

/** As https://docs.readme.com/main/docs/sending-logs-to-readme-with-nodejs has it for Express. */
function readmeio() {
  const readme = require('readmeio');
  const group = { apiKey: 'owlbert', label: 'Owlbert', email: 'owlbert@example.com' };
  // Without baseLogUrl it would read a file and may ask ReadMe, both for each request.
  const options = { bufferLength: BUFFER_LENGTH, baseLogUrl: 'https://docs.example.com' };
  return (request, response, next) => {
    readme.log('bench', request, response, group, options);
    next();
  };
}

function zeroCode(label, backgroundWorkerMode) {
  return {
    label,
    execArgv: ['--require', REGISTER],
    environment: (metricsServer) => ({
      README_API_KEY: 'bench',
      README_METRICS_SERVER: metricsServer,
      README_BACKGROUND_WORKER_MODE: String(backgroundWorkerMode),
    }),
    logs: true,
  };
}

module.exports = { BUFFER_LENGTH, EXPRESS_VARIANTS };
