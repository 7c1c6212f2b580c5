'use strict';

const { startWith, start } = require('./child');
const { environmentWith } = require('./environment');
const { BUFFER_LENGTH, EXPRESS_VARIANTS } = require('./express-variants');

const METRICS_SERVER_MILLIS = 20;
const CONNECTIONS = 16;
const WARM_UP_MILLIS = 1000;
const POLL_MILLIS = 50;
/** When no log has arrived for so long, and some are missing, they are lost. Retries come sooner. */
const LOST_MILLIS = 1500;
const SETTLE_BOUND_MILLIS = 15_000;

/**
 * Measures a variant in processes of its own: a run at a fixed rate for CPU and latency, one for the delay
 * of the event loop, and one as fast as it goes. What is left to send after a run is part of it.
 *
 * @param {object} plan `variant`, `bodyBytes`, `rate` in requests a second, and `seconds` of each run.
 */
async function measureExpress({ variant, bodyBytes, rate, seconds }) {
  const { environment, execArgv = [], logs = false } = EXPRESS_VARIANTS[variant];
  const metrics = await start('metrics-server.js', METRICS_SERVER_MILLIS);
  const env = environmentWith(environment?.(metrics.started));
  const api = await startWith({ execArgv, env }, 'express-server.js', variant);
  const load = await start('load.js', api.started, bodyBytes, CONNECTIONS);
  const run = runner({ api, load, metrics, logs });
  try {
    await run({ millis: WARM_UP_MILLIS });
    const fixed = await run({ millis: seconds * 1000, rate });
    const watched = await run({ millis: seconds * 1000, rate, watchDelay: true });
    const fastest = await run({ millis: seconds * 1000 });
    return {
      cpuMicros: fixed.cpuMicros,
      p50: fixed.p50,
      p99: fixed.p99,
      rss: watched.rssMiB,
      delayP99: watched.delayP99Millis,
      delayMax: watched.delayMaxMillis,
      logged: (fixed.logs + watched.logs) / (fixed.requests + watched.requests),
      bytesOfLog: fixed.logs === 0 ? 0 : fixed.bytes / fixed.logs,
      fastest: fastest.perSecond,
      fastestCpuMicros: fastest.cpuMicros,
      fastestP99: fastest.p99,
      fastestLogged: fastest.logs / fastest.requests,
      peakRss: fastest.peakRssMiB,
    };
  } finally {
    for (const child of [load, api, metrics]) await child.stop();
  }
}

/**
 * readmeio has no flush: the last logs wait until there are `bufferLength` of them. So every variant gets
 * so many more requests at the end of a run that nothing is left to the next.
 */
function runner({ api, load, metrics, logs }) {
  return async ({ millis, rate, watchDelay = false }) => {
    const before = await metrics.ask('counts');
    await api.ask('begin', { watchDelay });
    const sent = await load.ask('run', ...(rate === undefined ? [millis] : [millis, rate]));
    const last = (BUFFER_LENGTH - (sent.requests % BUFFER_LENGTH)) % BUFFER_LENGTH;
    if (last > 0) await load.ask('runAll', last, rate);
    await api.ask('flush');
    const requests = sent.requests + last;
    const expected = before.distinctLogs + (logs ? requests : 0);
    const after = await settled(metrics, expected);
    const used = await api.ask('end');
    return {
      ...used,
      p50: sent.p50,
      p99: sent.p99,
      perSecond: sent.requests / sent.seconds,
      requests,
      cpuMicros: used.cpuMicros / requests,
      logs: after.distinctLogs - before.distinctLogs,
      bytes: after.bytes - before.bytes,
    };
  };
}

/** What the metrics server has when all logs have arrived, or no more come. */
async function settled(metrics, expectedLogs) {
  const began = Date.now();
  let changedAt = began;
  let last = await metrics.ask('counts');
  while (last.distinctLogs < expectedLogs) {
    const now = Date.now();
    if (now - changedAt > LOST_MILLIS || now - began > SETTLE_BOUND_MILLIS) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
    const counts = await metrics.ask('counts');
    if (counts.distinctLogs > last.distinctLogs) changedAt = Date.now();
    last = counts;
  }
  return last;
}

module.exports = { CONNECTIONS, METRICS_SERVER_MILLIS, measureExpress };
