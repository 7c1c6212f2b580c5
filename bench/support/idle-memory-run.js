'use strict';

const { start, startWith } = require('./child');
const { environmentWith } = require('./environment');
const { DENIED_NAME } = require('./exchange');
const { watchMemory } = require('./process-memory');

const METRICS_SERVER_MILLIS = 20;
const CONNECTIONS = 16;
const IDLE_MILLIS = 3000;
const BODY_BYTES = 1024;
const RATE = 1500;

/**
 * RSS of an API that has been busy for a while and has nothing left to send, and the highest until then. No
 * garbage is collected for it: nobody does that for an application.
 */
async function measureIdle({ from, readmeOptions, seconds }) {
  const metrics = await start('metrics-server.js', METRICS_SERVER_MILLIS);
  const metricsServer = metrics.started;
  const settings = { from, metricsServer, denylist: [DENIED_NAME], ...readmeOptions };
  const options = { env: environmentWith({}) };
  const api = await startWith(options, 'outage-server.js', JSON.stringify(settings));
  const clients = await start('load.js', api.started, BODY_BYTES, CONNECTIONS);
  const watch = watchMemory(api.process.pid);
  try {
    const { requests } = await clients.ask('run', seconds * 1000, RATE);
    await api.ask('flush');
    await new Promise((resolve) => setTimeout(resolve, IDLE_MILLIS));
    const { distinctLogs } = await metrics.ask('counts');
    if (from !== undefined && distinctLogs !== requests)
      throw new Error(`${distinctLogs} of ${requests} logs arrived`);
    return { idle: watch.now(), peak: watch.stop() };
  } finally {
    watch.stop();
    for (const child of [clients, api, metrics]) await child.stop();
  }
}

module.exports = { BODY_BYTES, RATE, measureIdle };
