'use strict';

// The API that is measured. Arguments: variant, URL of the metrics server, bytes of a response body.

const { answer } = require('./child');
const { jsonOf } = require('./exchange');
const { settledMemory } = require('./settled');
const { usageMeter } = require('./usage');
const { VARIANTS } = require('./variants');

const [variant, metricsServer, bodyBytes] = process.argv.slice(2);

// Before `http` is loaded, as instrumentations that patch it need it.
const readme = VARIANTS[variant].instrument({ metricsServer });
const { createServer } = require('node:http');

const responseBody = jsonOf(Number(bodyBytes));

const server = createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    res.setHeader('Content-Type', 'application/json; charset=utf-8');
    res.setHeader('Cache-Control', 'no-store');
    res.end(responseBody);
  });
});
// The clients keep their connections, also those that they do not need for a while.
server.keepAliveTimeout = 0;

const usage = usageMeter();

answer({
  start: () =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(server.address().port));
    }),

  begin: (options) => usage.begin(options),
  end: () => usage.end(),

  /** Memory and handles when nothing is under way. */
  async settled() {
    await readme?.forceFlush();
    return settledMemory();
  },
  /** Memory as it is. */
  memory: () => process.memoryUsage(),

  stats: () => readme?.stats(),
  flush: () => readme?.forceFlush(),
});
