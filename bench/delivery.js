'use strict';

// Shows that 3,000 exchanges a second arrive at a metrics server that answers after 100 ms, and that none
// is lost: real requests to a server with ReadmeInstrumentation; clients, API and metrics server are a
// process each. Exits with 1 when a log was lost or the rate was not reached.
//
//   npm run bench:delivery -- --rate 3000 --seconds 20
//   npm run bench:delivery -- --rate 5000 --seconds 60 --delay 100 --worker false

const { parseArgs } = require('node:util');
const { start, startWith } = require('./support/child');
const { environmentWithWorker } = require('./support/environment');
const { format, printTable } = require('./support/print');

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '3000' },
    seconds: { type: 'string', default: '20' },
    /** Milliseconds until the metrics server answers. */
    delay: { type: 'string', default: '100' },
    /** Bytes of each body, in both directions. */
    'body-bytes': { type: 'string', default: '1024' },
    connections: { type: 'string', default: '64' },
    /** README_BACKGROUND_WORKER_MODE. */
    worker: { type: 'string', default: 'true' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const bodyBytes = Number(values['body-bytes']);

/** The first and the last logs are under way for a moment in which nothing else is. */
const REACHED = 0.97;
const WARM_UP_MILLIS = 2000;

async function main() {
  const metrics = await start('metrics-server.js', values.delay);
  const env = environmentWithWorker(values.worker);
  const api = await startWith({ env }, 'api-server.js', 'readme', metrics.started, bodyBytes);
  const load = await start('load.js', api.started, bodyBytes, values.connections);

  // Compiled code and open connections, at a rate that nothing can choke on.
  const warmUp = await load.ask('run', WARM_UP_MILLIS, Math.min(rate, 500));
  await api.ask('flush');

  const before = await metrics.ask('counts');
  await api.ask('begin');
  const began = Date.now();
  const sent = await load.ask('run', seconds * 1000, rate);
  const lag = warmUp.requests + sent.requests - (await api.ask('stats')).delivered;
  const used = await api.ask('end');
  await api.ask('flush');
  const after = await metrics.ask('counts');
  const settled = await api.ask('settled');
  const { delivered, dropped } = await api.ask('stats');
  for (const child of [load, api, metrics]) await child.stop();

  const made = sent.requests + warmUp.requests;
  const lost = made - after.distinctLogs;
  const logs = after.logs - before.logs;
  const sendingSeconds = (after.lastReceived - began) / 1000;
  const logRate = logs / sendingSeconds;
  const requests = after.requests - before.requests;
  const causes = Object.entries(dropped).map(([cause, count]) => `${cause} ${count}`);

  console.log(
    `Node ${process.version}, ${rate} requests/s for ${seconds} s, bodies of ${bodyBytes} bytes both ways,` +
      ` metrics server answers after ${values.delay} ms, worker ${values.worker}\n`,
  );
  printTable(
    ['', 'figure'],
    [
      ['requests answered by the API', format(sent.requests)],
      ['logs received by the metrics server', format(logs)],
      ['logs delivered by stats(), with warm-up', `${format(delivered)} of ${format(made)}`],
      ['logs dropped', causes.join(', ') || '0'],
      ['requests/s', format(sent.requests / sent.seconds)],
      ['logs/s', format(logRate)],
      ['logs not yet delivered when the last request was answered', format(lag)],
      ['logs a request to the metrics server', format(logs / requests, 1)],
      ['requests to the metrics server in flight, peak', format(after.peakInFlight)],
      ['latency of the API p50, p99', `${format(sent.p50, 1)}, ${format(sent.p99, 1)} ms`],
      [
        'event loop delay of the API p99, max',
        `${format(used.delayP99Millis, 1)}, ${format(used.delayMaxMillis, 1)} ms`,
      ],
      ['event loop of the API, busy', `${format(used.loopUtilization * 100)} %`],
      ['CPU of the API a request', `${format(used.cpuMicros / sent.requests)} µs`],
      ['RSS of the API, peak', `${format(used.rssMiB)}, ${format(used.peakRssMiB)} MiB`],
      ['heap of the API when the last request was answered', `${format(used.heapMiB)} MiB`],
      ['heap of the API after garbage collection', `${format(settled.heap / 1024 ** 2)} MiB`],
    ],
  );

  const faults = [];
  if (lost !== 0) faults.push(`${lost} logs were lost`);
  if (after.logs !== after.distinctLogs) faults.push('logs arrived twice');
  if (delivered !== made) faults.push(`stats() says ${delivered} of ${made} delivered`);
  if (sent.requests / sent.seconds < rate * REACHED) faults.push('the API did not keep up');
  if (logRate < rate * REACHED) faults.push(`${format(logRate)} logs/s instead of ${rate}`);
  console.log(faults.length === 0 ? '\nNothing was lost.' : `\nFAILED: ${faults.join('; ')}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
