'use strict';

// The API that is measured. Arguments: variant, URL of the metrics server, bytes of a response body.

const { monitorEventLoopDelay, performance } = require('node:perf_hooks');
const { answer } = require('./child');
const { jsonOf } = require('./exchange');
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

/** The histogram holds the times between its samples. */
const SAMPLE_MILLIS = 2;
const delay = monitorEventLoopDelay({ resolution: SAMPLE_MILLIS });
const aboveSample = (nanos) => Math.max(0, nanos / 1e6 - SAMPLE_MILLIS);

let begun;

answer({
  start: () =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(server.address().port));
    }),

  begin() {
    delay.reset();
    delay.enable();
    begun = { cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() };
  },

  /** What was used since `begin`. */
  end() {
    delay.disable();
    const { user, system } = process.cpuUsage(begun.cpu);
    const loop = performance.eventLoopUtilization(begun.loop);
    return {
      cpuMicros: user + system,
      loopMicros: loop.active * 1000,
      loopUtilization: loop.utilization,
      delayP99Millis: aboveSample(delay.percentile(99)),
      delayMaxMillis: aboveSample(delay.max),
      rssMiB: process.memoryUsage.rss() / 1024 ** 2,
    };
  },

  stats: () => readme?.stats(),
  flush: () => readme?.forceFlush(),
});
