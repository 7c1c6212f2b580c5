'use strict';

// What an application needs in memory while ReadMe is away, against `maxBufferedBytes`: RSS above that of
// the same server without the package, for exchanges that are small and make much of a log, large ones, and
// many that are open at once. Then the same with a small heap, in which neither application nor worker may
// end, and what is needed when nothing waits. Linux only. About 10 minutes; exits with 1 where a goal is
// missed.
//
//   npm run bench:outage-memory
//   npm run bench:outage-memory -- --quick --only gzip
//   npm run bench:outage-memory -- --modes hang --worker false --package ../other-state

const { existsSync } = require('node:fs');
const { resolve } = require('node:path');
const { parseArgs } = require('node:util');
const idle = require('./support/idle-memory-run');
const { measureOutage } = require('./support/outage-memory-run');
const { MAX_BUFFERED_BYTES, SCENARIOS } = require('./support/outage-scenarios');
const { format, median, table } = require('./support/print');
const { conditions, writeResults } = require('./support/results');

const MODES = ['refuse', '503', 'hang'];
const MiB = 1024 ** 2;
/** MiB of RSS that an outage may need beside `maxBufferedBytes`. */
const OUTAGE_GOAL = 80;
/** MiB of RSS over a bare server when nothing waits. */
const IDLE_GOAL = 45;

const { values } = parseArgs({
  options: {
    /** One way to fail, a short time after the last request, no small heap, one round of `idle`. */
    quick: { type: 'boolean', default: false },
    /** Names of SCENARIOS, and `idle`. */
    only: { type: 'string', default: [...Object.keys(SCENARIOS), 'idle'].join(',') },
    /** How the metrics server fails: `refuse`, `503` or `hang`. */
    modes: { type: 'string' },
    /** Seconds after the last request, in which logs are tried again. */
    settle: { type: 'string' },
    /** MiB of V8's old space in the second part; 0: none. */
    heap: { type: 'string' },
    /** MiB of RSS at which a process is ended. */
    limit: { type: 'string', default: '2500' },
    /** `backgroundWorkerMode`. */
    worker: { type: 'string', default: 'true' },
    /** Folder of another state of this package, built. */
    package: { type: 'string' },
    /** Puts the tables into RESULTS.md. */
    write: { type: 'boolean', default: false },
  },
});
const { quick } = values;
const only = values.only.split(',');
const modes = (values.modes ?? (quick ? '503' : MODES.join(','))).split(',');
const heapMiB = Number(values.heap ?? (quick ? 0 : 128));
const goalMiB = MAX_BUFFERED_BYTES / MiB + OUTAGE_GOAL;
const bounds = {
  settleMillis: Number(values.settle ?? (quick ? 3 : 10)) * 1000,
  limitMiB: Number(values.limit),
};
const installed = {
  from: values.package === undefined ? 'readme-metrics-opentelemetry' : resolve(values.package),
  readmeOptions: {
    backgroundWorkerMode: values.worker === 'true',
    maxBufferedBytes: MAX_BUFFERED_BYTES,
  },
};

const missed = [];
const began = Date.now();

function tell(what) {
  process.stderr.write(`${Math.round((Date.now() - began) / 1000)} s: ${what}\n`);
}

function met(isMet, what) {
  if (!isMet) missed.push(what);
  return isMet ? 'yes' : '**no**';
}

const droppedOf = ({ stats }) =>
  Object.entries(stats?.dropped ?? {})
    .map(([reason, count]) => `${reason} ${format(count)}`)
    .join(', ') || '–';

async function outageTable(names) {
  const rows = [];
  for (const name of names) {
    const scenario = SCENARIOS[name];
    tell(`${name}, bare`);
    // How the metrics server fails is nothing to a server that has none.
    const bare = await measureOutage({ scenario, mode: '503', ...bounds, settleMillis: 0 });
    for (const mode of modes) {
      tell(`${name}, ${mode}`);
      const result = await measureOutage({ scenario, mode, ...installed, ...bounds });
      const more = result.peak - bare.peak;
      rows.push([
        `${scenario.label}, ${mode}`,
        format(bare.peak),
        `${result.overLimit ? '> ' : ''}${format(result.peak)}`,
        format(more),
        met(isWithin(more, result), `${name}, ${mode}: ${format(more)} MiB, ${fateOf(result)}`),
        result.counted === undefined ? '–' : format(result.counted / MiB, 1),
        format(result.made ?? 0),
        droppedOf(result),
        fateOf(result),
      ]);
    }
  }
  const header = ['exchanges, metrics server', 'bare: peak RSS MiB', 'peak RSS MiB', 'added'];
  const goal = `at most ${format(goalMiB)}`;
  return table([...header, goal, 'counted MiB', 'requests', 'dropped', 'in the end'], rows);
}

/** An application that was ended, or got no requests, needs little. */
function isWithin(more, { overLimit, exit, error }) {
  return more <= goalMiB && !overLimit && exit === undefined && error === undefined;
}

function fateOf({ overLimit, exit, error, answers, workers, symptoms }) {
  const fates = [];
  if (overLimit) fates.push(`ended at ${format(bounds.limitMiB)} MiB`);
  else if (exit !== undefined) fates.push(`application ended: ${exit}`);
  else if (!answers) fates.push('application does not answer');
  else fates.push('answers');
  if (workers?.ended > 0) fates.push(`${workers.ended} workers ended`);
  if (error !== undefined && exit === undefined && !overLimit) fates.push(error);
  if (symptoms !== '') fates.push(symptoms);
  return fates.join('; ');
}

/** What a bare server cannot do in so small a heap says nothing of the package. */
async function smallHeapTable(names) {
  const rows = [];
  for (const name of names) {
    const scenario = { ...SCENARIOS[name] };
    if (scenario.open !== undefined) scenario.open /= 10;
    const run = { scenario, mode: '503', heapMiB, ...bounds };
    tell(`${name}, bare, heap of ${heapMiB} MiB`);
    const bare = await measureOutage({ ...run, settleMillis: 0 });
    tell(`${name}, heap of ${heapMiB} MiB`);
    const result = await measureOutage({ ...run, ...installed });
    const lives = result.exit === undefined && result.answers && result.workers?.ended === 0;
    const label =
      scenario.open === undefined ? scenario.label : `${format(scenario.open)} open exchanges`;
    rows.push([
      label,
      fateOf(bare),
      fateOf(result),
      met(lives || bare.exit !== undefined, `${name}, heap of ${heapMiB} MiB: ${fateOf(result)}`),
      format(result.peak - bare.peak),
      result.counted === undefined ? '–' : format(result.counted / MiB, 1),
      droppedOf(result),
    ]);
  }
  const header = ['exchanges', 'bare', 'with the package', 'survives', 'peak RSS MiB added'];
  return table([...header, 'counted MiB', 'dropped'], rows);
}

async function idleTable() {
  const variants = { bare: {}, 'this package': installed };
  const results = { bare: [], 'this package': [] };
  const seconds = quick ? 3 : 10;
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    for (const [name, options] of Object.entries(variants)) {
      tell(`idle, ${name}, round ${round + 1}`);
      results[name].push(await idle.measureIdle({ ...options, seconds }));
    }
  }
  const of = (name, figure) => median(results[name].map((result) => result[figure]));
  const added = (figure) => of('this package', figure) - of('bare', figure);
  const isMet = met(added('idle') <= IDLE_GOAL, `nothing waiting: ${format(added('idle'))} MiB`);
  return table(
    ['', 'bare RSS MiB', 'this package', 'added', `at most ${IDLE_GOAL}`],
    [
      ['nothing waiting', 'idle', isMet],
      [`highest, at ${format(idle.RATE)} requests/s of ${idle.BODY_BYTES} bytes`, 'peak', ''],
    ].map(([label, figure, goal]) => [
      label,
      ...[of('bare', figure), of('this package', figure), added(figure)].map((one) => format(one)),
      goal,
    ]),
  );
}

async function main() {
  if (!existsSync('/proc/self/status')) throw new Error('there is no /proc: this needs Linux');
  const names = only.filter((name) => name !== 'idle');
  const unknown = names.find((name) => !Object.hasOwn(SCENARIOS, name));
  if (unknown !== undefined) throw new Error(`--only knows no ${unknown}`);
  if (modes.some((mode) => !MODES.includes(mode)))
    throw new Error(`--modes takes some of ${MODES.join(', ')}`);

  const parts = [];
  const add = (title, text) => {
    parts.push(`### ${title}`, text);
    console.log(`\n### ${title}\n\n${text}`);
  };
  if (names.length > 0) add('Metrics server away', await outageTable(names));
  if (names.length > 0 && heapMiB > 0)
    add(`Metrics server away, \`--max-old-space-size=${heapMiB}\``, await smallHeapTable(names));
  if (only.includes('idle')) add('Metrics server there', await idleTable());

  for (const goal of missed) console.log(`\nmissed: ${goal}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
  if (!values.write) return;
  const [major] = process.versions.node.split('.');
  const title = `## Memory in an outage, Node.js ${major}`;
  const took = Date.now() - began;
  writeResults('outage-memory', [title, conditions([], took), ...parts].join('\n\n'));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
