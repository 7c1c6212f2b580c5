'use strict';

// What an outage of the metrics server costs: requests at a steady rate, before, during and after it, and
// then the time that it takes until all is sent. Nothing may be lost. Exits with 1 when something was.
//
//   npm run bench:outage -- --mode refuse --seconds 60 --rate 200
//   npm run bench:outage -- --mode 503 --worker false

const { parseArgs } = require('node:util');
const { start, startWith } = require('./support/child');
const { environmentWithWorker } = require('./support/environment');
const { format, printTable } = require('./support/print');

const { values } = parseArgs({
  options: {
    /** `refuse`: nothing listens; `503`: every request is answered so; `hang`: none is answered. */
    mode: { type: 'string', default: 'refuse' },
    /** Seconds of the outage. */
    seconds: { type: 'string', default: '60' },
    /** Seconds of the time before it, and after it, with requests. */
    around: { type: 'string', default: '10' },
    rate: { type: 'string', default: '200' },
    /** Bytes of each body, in both directions. */
    'body-bytes': { type: 'string', default: '1024' },
    /** Milliseconds until the metrics server answers. */
    delay: { type: 'string', default: '20' },
    /** Seconds that what is left may need when the requests are over. */
    patience: { type: 'string', default: '120' },
    /** README_BACKGROUND_WORKER_MODE. */
    worker: { type: 'string', default: 'true' },
  },
});
const MODES = ['refuse', '503', 'hang'];
const MiB = 1024 ** 2;
const REPORT_MILLIS = 5000;
const WARM_UP_MILLIS = 2000;

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
const seconds = (name) => Number(values[name]) * 1000;
const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);

/** A row each few seconds: what has become of the logs, and the memory of the API. */
function watch(api, metrics, rows) {
  const began = Date.now();
  let phase = 'before';
  const sample = async () => {
    const [{ delivered, dropped }, memory, { failed }] = await Promise.all([
      api.ask('stats'),
      api.ask('memory'),
      metrics.ask('counts'),
    ]);
    rows.push({
      at: (Date.now() - began) / 1000,
      phase,
      delivered,
      dropped: sum(dropped),
      failed,
      rss: memory.rss / MiB,
      heap: memory.heapUsed / MiB,
      external: memory.external / MiB,
    });
  };
  const timer = setInterval(sample, REPORT_MILLIS);
  return {
    async enter(next) {
      await sample();
      phase = next;
    },
    async stop() {
      clearInterval(timer);
      await sample();
    },
  };
}

/** Waits until all that was made is delivered or dropped; answers how many seconds it took. */
async function untilSent(api, made) {
  const began = Date.now();
  // It may have no end when the patience has.
  api.ask('flush').catch(() => {});
  for (;;) {
    const { delivered, dropped } = await api.ask('stats');
    const elapsed = Date.now() - began;
    if (delivered + sum(dropped) >= made || elapsed > seconds('patience')) return elapsed / 1000;
    await pause(100);
  }
}

function printRows(rows) {
  printTable(
    ['', 'seconds', 'delivered', 'dropped', 'failed sends', 'RSS MiB', 'heap MiB', 'external MiB'],
    rows.map(({ phase, at, delivered, dropped, failed, rss, heap, external }) => [
      phase,
      format(at),
      ...[delivered, dropped, failed, rss, heap, external].map((number) => format(number)),
    ]),
  );
}

async function main() {
  if (!MODES.includes(values.mode)) throw new Error(`--mode is one of ${MODES.join(', ')}`);
  const metrics = await start('metrics-server.js', values.delay);
  const env = environmentWithWorker(values.worker);
  const bodyBytes = Number(values['body-bytes']);
  const api = await startWith({ env }, 'api-server.js', 'readme', metrics.started, bodyBytes);
  const load = await start('load.js', api.started, bodyBytes, 16);

  const warmUp = await load.ask('run', WARM_UP_MILLIS, Number(values.rate));
  await api.ask('flush');

  const rows = [];
  const watcher = watch(api, metrics, rows);
  await api.ask('begin');
  const sending = load.ask('run', seconds('seconds') + 2 * seconds('around'), Number(values.rate));
  await pause(seconds('around'));
  await watcher.enter('outage');
  await metrics.ask('fail', values.mode);
  await pause(seconds('seconds'));
  await watcher.enter('after');
  await metrics.ask('recover');
  const sent = await sending;
  const used = await api.ask('end');
  await watcher.enter('sending the rest');
  const made = warmUp.requests + sent.requests;
  const rest = await untilSent(api, made);
  await watcher.stop();

  const received = await metrics.ask('counts');
  const { delivered, dropped } = await api.ask('stats');
  for (const child of [load, api, metrics]) await child.stop();
  report({ rows, made, sent, used, rest, received, delivered, dropped });
}

function report({ rows, made, sent, used, rest, received, delivered, dropped }) {
  console.log(
    `Node ${process.version}, ${values.rate} requests/s, outage of ${values.seconds} s (${values.mode}),` +
      ` bodies of ${values['body-bytes']} bytes both ways, worker ${values.worker}\n`,
  );
  printRows(rows);
  const causes = Object.entries(dropped).map(([cause, count]) => `${cause} ${format(count)}`);
  console.log('');
  printTable(
    ['', 'figure'],
    [
      ['logs made, with warm-up', format(made)],
      ['delivered, by stats()', format(delivered)],
      ['dropped, by stats()', causes.join(', ') || '0'],
      ['not accounted for', format(made - delivered - sum(dropped))],
      ['received by the metrics server', format(received.distinctLogs)],
      ['of these twice', format(received.logs - received.distinctLogs)],
      ['sends that failed', values.mode === 'refuse' ? 'not seen' : format(received.failed)],
      ['seconds until all was sent', format(rest, 1)],
      ['latency of the API p50, p99', `${format(sent.p50, 1)}, ${format(sent.p99, 1)} ms`],
      ['event loop delay, longest', `${format(used.delayMaxMillis, 1)} ms`],
      ['RSS, peak', `${format(used.peakRssMiB)} MiB`],
    ],
  );
  const lost = made - received.distinctLogs;
  const unknown = made - delivered - sum(dropped);
  const faults = [];
  if (lost > 0) faults.push(`${format(lost)} logs were lost`);
  if (unknown !== 0) faults.push(`${format(unknown)} logs are neither delivered nor dropped`);
  console.log(faults.length === 0 ? '\nNothing was lost.' : `\nFAILED: ${faults.join('; ')}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
