'use strict';

// Whether anything stays of a million requests: heap after garbage collection and open handles, each time
// that a tenth of them is done. Exits with 1 when they grow, or a log was lost.
//
//   npm run bench:soak -- --requests 1000000

const { parseArgs } = require('node:util');
const { start, startWith } = require('./support/child');
const { environmentWithWorker } = require('./support/environment');
const { format, printTable } = require('./support/print');

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    /** Requests between two looks. */
    step: { type: 'string', default: '100000' },
    /** Requests a second; 0: as fast as it goes, which drops logs when there is no room for them. */
    rate: { type: 'string', default: '2000' },
    connections: { type: 'string', default: '16' },
    /** Bytes of each body, in both directions. */
    'body-bytes': { type: 'string', default: '100' },
    /** README_BACKGROUND_WORKER_MODE. */
    worker: { type: 'string', default: 'true' },
  },
});
const requests = Number(values.requests);
const step = Math.min(requests, Number(values.step));
const MiB = 1024 ** 2;
/** MiB of heap by which the last look may be above the first: what V8 compiles and caches late. */
const HEAP_GOAL = 1;
/** MiB of RSS; the worker's heap is in it, and so is what the allocator keeps. */
const RSS_GOAL = 64;
const WARM_UP_REQUESTS = 20_000;

/** How many idle connections to the metrics server are left is chance. */
const SPARE_SOCKETS = 8;
/** Longer than undici keeps an idle connection. */
const IDLE_MILLIS = 5000;

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);

function namesOf(handles) {
  const counts = new Map();
  for (const name of handles) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
}

async function look(api, done) {
  await api.ask('flush');
  await new Promise((resolve) => setTimeout(resolve, IDLE_MILLIS));
  const { heap, external, rss, handles } = await api.ask('settled');
  const { delivered, dropped } = await api.ask('stats');
  const sample = {
    done,
    heap: heap / MiB,
    external: external / MiB,
    rss: rss / MiB,
    handles: handles.length,
    names: namesOf(handles),
    delivered,
    dropped: sum(dropped),
  };
  process.stderr.write(`${format(done)}: heap ${format(sample.heap, 2)} MiB, ${sample.names}\n`);
  return sample;
}

async function main() {
  const metrics = await start('metrics-server.js', 20);
  const env = environmentWithWorker(values.worker);
  const options = { env, execArgv: ['--expose-gc'] };
  const bodyBytes = Number(values['body-bytes']);
  const api = await startWith(options, 'api-server.js', 'readme', metrics.started, bodyBytes);
  const load = await start('load.js', api.started, bodyBytes, values.connections);

  const rate = Number(values.rate);
  await load.ask('runAll', WARM_UP_REQUESTS, rate);
  const samples = [await look(api, 0)];
  for (let done = 0; done < requests; ) {
    const next = Math.min(step, requests - done);
    await load.ask('runAll', next, rate);
    done += next;
    samples.push(await look(api, done));
  }
  const received = (await metrics.ask('counts')).distinctLogs;
  for (const child of [load, api, metrics]) await child.stop();
  report(samples, received);
}

function report(samples, received) {
  console.log(
    `Node ${process.version}, ${format(requests)} requests at ${values.rate}/s, bodies of` +
      ` ${values['body-bytes']} bytes both ways, worker ${values.worker}\n`,
  );
  printTable(
    ['requests', 'heap MiB', 'external MiB', 'RSS MiB', 'handles', 'delivered', 'dropped'],
    samples.map(({ done, heap, external, rss, handles, delivered, dropped }) => [
      format(done),
      ...[heap, external, rss].map((number) => format(number, 2)),
      ...[handles, delivered, dropped].map((number) => format(number)),
    ]),
  );
  const first = samples[0];
  const last = samples.at(-1);
  const faults = [];
  const more = (name) => last[name] - first[name];
  if (more('heap') > HEAP_GOAL) faults.push(`the heap grew by ${format(more('heap'), 2)} MiB`);
  if (more('rss') > RSS_GOAL) faults.push(`RSS grew by ${format(more('rss'))} MiB`);
  if (more('handles') > SPARE_SOCKETS) faults.push(`handles stay open: ${last.names}`);
  const made = requests + WARM_UP_REQUESTS;
  if (received < made) faults.push(`${format(made - received)} logs were lost`);
  console.log(`\nHandles at the end: ${last.names}`);
  console.log(
    faults.length === 0 ? '\nFlat, and nothing was lost.' : `\nFAILED: ${faults.join('; ')}`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
