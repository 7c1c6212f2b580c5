'use strict';

const { startWith } = require('./child');
const { environmentWith } = require('./environment');
const { phasesOf } = require('./express-loads');
const { BUFFER_LENGTH, EXPRESS_VARIANTS } = require('./express-variants');

const METRICS_SERVER_MILLIS = 20;
const CONNECTIONS = 16;
/** With less, half of what is measured is V8 compiling: its threads take 50 us a request after 2 s, 10 after 20. */
const WARM_UP_MILLIS = 6000;
const POLL_MILLIS = 50;
/** When no log has arrived for so long, and some are missing, they are lost. Retries come sooner. */
const LOST_MILLIS = 1500;
const SETTLE_BOUND_MILLIS = 15_000;

/**
 * One round of a load: every variant in new processes, all warm, and then each phase for one variant after
 * the other, so that whatever else the machine does meets all of them alike.
 *
 * @param {object} plan `load` of LOADS, `variants` in their order, `seconds` of a phase, `before`, and
 * `tell(variant, phase)`, called before each.
 * @returns {Promise<Map<string, Record<string, object>>>} by variant, the results of each phase.
 */
async function measureRound({ load, variants, seconds, before, tell }) {
  const sets = new Map();
  const results = new Map(variants.map((variant) => [variant, {}]));
  try {
    for (const variant of variants) sets.set(variant, await startSet(variant, load, before));
    for (const [variant, set] of sets) {
      tell(variant, 'warm-up');
      await runPhase(set, { millis: WARM_UP_MILLIS });
    }
    for (const phase of phasesOf(load)) {
      for (const [variant, set] of sets) {
        tell(variant, phase.name);
        results.get(variant)[phase.name] = await runPhase(set, {
          ...phase,
          millis: seconds * 1000,
        });
        await set.metrics.ask('verify');
      }
    }
  } finally {
    for (const set of sets.values()) {
      for (const child of [set.clients, set.api, set.metrics]) await child.stop();
    }
  }
  return results;
}

/** API, clients and metrics server of a variant, a process each. */
async function startSet(variant, { bodyBytes, oneCpu = false }, before = '') {
  const { environment, logs = false } = EXPRESS_VARIANTS[variant];
  const [apiCpu, otherCpu] = oneCpu ? [{ cpu: 0 }, { cpu: 1 }] : [{}, {}];
  const metrics = await startWith(otherCpu, 'metrics-server.js', METRICS_SERVER_MILLIS, bodyBytes);
  const env = environmentWith(environment?.(metrics.started));
  const api = await startWith(
    { ...apiCpu, env },
    ...['express-server.js', variant, metrics.started, before],
  );
  const clients = await startWith(otherCpu, 'load.js', api.started, bodyBytes, CONNECTIONS);
  return { api, clients, metrics, logs };
}

/**
 * readmeio has no flush: the last logs wait until there are `bufferLength` of them. So every variant gets
 * so many more requests at the end of a run that nothing is left to the next. What is left to send when the
 * requests are answered is part of what they cost.
 */
async function runPhase({ api, clients, metrics, logs }, { millis, rate, watchDelay = false }) {
  const before = await metrics.ask('counts');
  await api.ask('begin', { watchDelay });
  const sent = await clients.ask('run', ...(rate === undefined ? [millis] : [millis, rate]));
  const last = (BUFFER_LENGTH - (sent.requests % BUFFER_LENGTH)) % BUFFER_LENGTH;
  if (last > 0) await clients.ask('runAll', last, rate);
  await api.ask('flush');
  const requests = sent.requests + last;
  const perRequest = (micros) => (micros === undefined ? undefined : micros / requests);
  const expected = before.distinctLogs + (logs ? requests : 0);
  const after = await settled(metrics, expected);
  const used = await api.ask('end');
  return {
    cpu: perRequest(used.cpuMicros),
    main: perRequest(used.mainMicros),
    waited: perRequest(used.waitedMicros),
    perSecond: sent.requests / sent.seconds,
    p50: sent.p50,
    p99: sent.p99,
    delayP99: used.delayP99Millis,
    delayMax: used.delayMaxMillis,
    rss: used.peakRssMiB,
    logged: (after.distinctLogs - before.distinctLogs) / requests,
    whole: (after.wholeLogs - before.wholeLogs) / requests,
    logsPerSend: (after.logs - before.logs) / (after.requests - before.requests),
    kibOfLog: (after.bytes - before.bytes) / 1024 / (after.logs - before.logs),
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

module.exports = { CONNECTIONS, METRICS_SERVER_MILLIS, WARM_UP_MILLIS, measureRound };
