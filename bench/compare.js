'use strict';

// What logging costs an Express API, side by side in one run: no instrumentation, OpenTelemetry's
// HttpInstrumentation without export, readmeio (ReadMe's own SDK), and this package. CPU of all threads and
// of the main one, requests/s, latency, delay of the event loop, memory, and whether every log arrived with
// both bodies. About 12 minutes; one comparison takes less than a minute:
//
//   npm run bench
//   npm run bench -- --quick --only 1kb --variants bare,readme
//   npm run bench -- --only 61kb,61kb-1cpu --variants bare,before,readme --before ../other-state

const { spawnSync } = require('node:child_process');
const { cpus } = require('node:os');
const { parseArgs } = require('node:util');
const { LOADS, phasesOf } = require('./support/express-loads');
const { measureRound } = require('./support/express-run');
const { delayTable, fixedTable, saturatedTable } = require('./support/express-tables');
const { DEFAULT_VARIANTS, EXPRESS_VARIANTS } = require('./support/express-variants');
const { Figures } = require('./support/figures');
const { goalsTable } = require('./support/goals');
const { format } = require('./support/print');
const { conditions, writeResults } = require('./support/results');

const { values } = parseArgs({
  options: {
    /** One short round: to see whether a change is worth a real run. */
    quick: { type: 'boolean', default: false },
    /** Names of LOADS. */
    only: { type: 'string', default: Object.keys(LOADS).join(',') },
    variants: { type: 'string', default: DEFAULT_VARIANTS.join(',') },
    /** Folder of another state of this package, built: the variant `before`. */
    before: { type: 'string' },
    rounds: { type: 'string' },
    /** Seconds of each phase of a variant in a round. */
    seconds: { type: 'string' },
    /** Puts the tables into RESULTS.md. */
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const seconds = Number(values.seconds ?? (values.quick ? 1.5 : 3));
const variants = values.variants.split(',');
const loads = values.only.split(',');

function check() {
  if (!(rounds > 0 && seconds > 0)) throw new Error('--rounds and --seconds are above 0');
  if (loads.some((load) => !Object.hasOwn(LOADS, load)))
    throw new Error(`--only takes some of ${Object.keys(LOADS).join(', ')}`);
  if (variants.some((variant) => !Object.hasOwn(EXPRESS_VARIANTS, variant)))
    throw new Error(`--variants takes some of ${Object.keys(EXPRESS_VARIANTS).join(', ')}`);
  if (variants.includes('before') && values.before === undefined)
    throw new Error('the variant "before" needs --before <folder of the package>');
}

/** Why there can be no measurement with one CPU for the API; `undefined` where there can. */
function withoutOneCpu() {
  if (cpus().length < 2) return 'this machine has one CPU only';
  const { error, status } = spawnSync('taskset', ['-c', '0', 'true']);
  return error !== undefined || status !== 0
    ? 'taskset is missing, or CPU 0 not allowed'
    : undefined;
}

/** Progress goes to stderr, so that stdout has the tables alone. */
async function measureLoad(name, began) {
  const load = LOADS[name];
  const figures = new Figures();
  for (let round = 0; round < rounds; round++) {
    const tell = (variant, phase) => {
      const elapsed = Math.round((Date.now() - began) / 1000);
      process.stderr.write(`${elapsed} s: ${name}, round ${round + 1}, ${phase}, ${variant}\n`);
    };
    // The other way round each time, so that none always follows the same one.
    const order = round % 2 === 0 ? variants : [...variants].reverse();
    const { before } = values;
    figures.add(await measureRound({ load, variants: order, seconds, before, tell }));
  }
  return figures;
}

function sectionOf({ label, bodyBytes, rate, oneCpu, ...load }, figures) {
  const phases = phasesOf({ rate, ...load }).map(({ name }) => name);
  const parts = [`### ${label}, both ways`];
  if (phases.includes('fixed')) {
    const title = `At ${format(rate)} requests/s, bodies of ${format(bodyBytes)} bytes:`;
    parts.push(title, fixedTable(figures, variants), delayTable(figures, variants));
  }
  if (phases.includes('saturated')) {
    const where = oneCpu ? 'the API on one CPU, everything else on another' : 'all on all CPUs';
    parts.push(`As fast as it goes, ${where}:`, saturatedTable(figures, variants));
  }
  return parts.join('\n\n');
}

async function main() {
  check();
  const began = Date.now();
  const sections = [];
  const figuresByLoad = new Map();
  const obstacle = withoutOneCpu();
  for (const name of loads) {
    if (LOADS[name].oneCpu && obstacle !== undefined) {
      sections.push(`### ${LOADS[name].label}, both ways\n\nNot measured: ${obstacle}.`);
    } else {
      figuresByLoad.set(name, await measureLoad(name, began));
      sections.push(sectionOf(LOADS[name], figuresByLoad.get(name)));
    }
    console.log(`\n${sections.at(-1)}`);
  }
  const goals = goalsTable(
    figuresByLoad,
    variants.filter((variant) => ['before', 'readme', 'no-worker'].includes(variant)),
    {
      labelOfLoad: (load) => LOADS[load].label,
      labelOfVariant: (variant) => EXPRESS_VARIANTS[variant].label,
    },
  );
  console.log(`\n### Goals\n\n${goals}`);
  if (!values.write) return;
  const packages = ['express', 'readmeio', '@opentelemetry/instrumentation-http', 'undici'];
  const title = `## Side by side, Node.js ${process.versions.node.split('.')[0]}`;
  const how = `Medians of ${rounds} rounds with ${seconds} s a phase; ± is half of their range.`;
  const all = [title, conditions(packages, Date.now() - began), how, `### Goals\n\n${goals}`];
  writeResults('compare', [...all, ...sections].join('\n\n'));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
