'use strict';

// What the package costs when an application starts: how long the first request waits that comes as soon as
// the server listens, and the CPU until the worker thread has delivered the first logs. Each start is a
// process of its own; bare servers, ReadmeInstrumentation and `--require …/register` take turns. Exits with
// 1 where a goal is missed.
//
//   npm run bench:startup -- --starts 20
//   npm run bench:startup -- --quick --package ../other-state

const { execFile } = require('node:child_process');
const { join, resolve } = require('node:path');
const { parseArgs, promisify } = require('node:util');
const { start } = require('./support/child');
const { environmentWith } = require('./support/environment');
const { format, median, table } = require('./support/print');
const { conditions, writeResults } = require('./support/results');

const { values } = parseArgs({
  options: {
    /** Few starts. */
    quick: { type: 'boolean', default: false },
    starts: { type: 'string' },
    /** Folder of another state of this package, built. */
    package: { type: 'string', default: join(__dirname, '..') },
    /** Puts the tables into RESULTS.md. */
    write: { type: 'boolean', default: false },
  },
});
const starts = Number(values.starts ?? (values.quick ? 5 : 20));
const folder = resolve(values.package);
const program = join(__dirname, 'support/startup-server.js');
const METRICS_SERVER_MILLIS = 20;
/** Milliseconds that the first request may wait longer than without the package. */
const FIRST_GOAL = 15;
/** Milliseconds of CPU that the worker thread may need until it has delivered the first logs. */
const WORKER_GOAL = 100;

const VARIANTS = {
  bare: [program],
  ReadmeInstrumentation: [program, folder],
  register: ['--require', join(folder, 'dist/register.js'), program],
};

const FIGURES = {
  first: ['first request after listen, ms'],
  rest: ['slowest of the next four, ms'],
  delayMax: ['longest delay of the event loop, ms'],
  answeredAt: ['from the start of the process to the first answer, ms'],
  loadMillis: ['load and construct in the code, ms'],
  cpu: ['CPU from listen to the first logs delivered, all threads, ms', 1000],
  main: ['main thread, ms', 1000],
  newThreads: ['threads that start meanwhile (the worker), ms', 1000],
};

async function startOnce(variant, metrics) {
  const settings = {
    README_API_KEY: 'bench',
    README_METRICS_SERVER: metrics.started,
    // Each log is sent at once.
    README_BUFFER_LENGTH: '1',
  };
  const before = await metrics.ask('counts');
  const { stdout } = await promisify(execFile)(process.execPath, VARIANTS[variant], {
    env: environmentWith(settings),
  });
  const { distinctLogs } = await metrics.ask('counts');
  if (variant !== 'bare' && distinctLogs === before.distinctLogs)
    throw new Error(`${variant}: no log arrived in time`);
  return JSON.parse(stdout);
}

/** Medians by variant and figure; `undefined` where the system gives none. */
function mediansOf(results) {
  return (variant, name) => {
    const numbers = results[variant].map((result) => result[name]).filter(Number.isFinite);
    return numbers.length === 0 ? undefined : median(numbers) / (FIGURES[name][1] ?? 1);
  };
}

function rowsOf(results) {
  const of = mediansOf(results);
  const show = (number) => (number === undefined ? 'n/a' : format(number, 1));
  const logging = Object.keys(VARIANTS).slice(1);
  return Object.entries(FIGURES).map(([name, [label, unit = 1]]) => {
    const cells = logging.flatMap((variant) => {
      const [bare, own] = [of('bare', name), of(variant, name)];
      const added = bare === undefined || own === undefined ? undefined : own - bare;
      const worst = Math.max(...results[variant].map((result) => result[name] / unit));
      return [own, added, Number.isNaN(worst) ? undefined : worst].map(show);
    });
    return [label, show(of('bare', name)), ...cells];
  });
}

function missedGoals(results) {
  const of = mediansOf(results);
  const added = (variant, name) => of(variant, name) - of('bare', name);
  return Object.keys(VARIANTS)
    .slice(1)
    .flatMap((variant) => {
      const first = added(variant, 'first');
      const worker = of(variant, 'newThreads');
      return [
        ...(first > FIRST_GOAL
          ? [`${variant}: the first request waits ${format(first, 1)} ms longer, not ${FIRST_GOAL}`]
          : []),
        ...(worker > WORKER_GOAL
          ? [`${variant}: ${format(worker)} ms of CPU in the worker, not ${WORKER_GOAL}`]
          : []),
      ];
    });
}

async function main() {
  const began = Date.now();
  const metrics = await start('metrics-server.js', METRICS_SERVER_MILLIS);
  const results = Object.fromEntries(Object.keys(VARIANTS).map((variant) => [variant, []]));
  for (let i = 0; i < starts; i++) {
    for (const variant of Object.keys(VARIANTS))
      results[variant].push(await startOnce(variant, metrics));
  }
  await metrics.stop();

  const header = ['', 'bare'];
  for (const variant of Object.keys(VARIANTS).slice(1)) header.push(variant, 'added', 'worst');
  const text = table(header, rowsOf(results));
  console.log(`Node ${process.version}, medians of ${starts} starts\n\n${text}`);
  const missed = missedGoals(results);
  for (const goal of missed) console.log(`\nmissed: ${goal}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
  if (!values.write) return;
  const [major] = process.versions.node.split('.');
  const how = `Medians of ${starts} starts, each a process of its own.`;
  const all = [`## Start, Node.js ${major}`, conditions([], Date.now() - began), how, text];
  writeResults('startup', all.join('\n\n'));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
