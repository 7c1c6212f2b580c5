'use strict';

// What logging costs an Express API, side by side: no instrumentation, OpenTelemetry's HttpInstrumentation,
// readmeio (ReadMe's own SDK), and this package without any code, with and without its worker thread.
// Prints tables and writes them to bench/RESULTS.md. By default it takes about 7 minutes.
//
//   npm run bench
//   npm run bench -- --seconds 2 --rounds 3 --sizes 1024,65536 --variants bare,readmeio --write ''

const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { parseArgs } = require('node:util');
const { goalsSection, labelOfSize, report, sizeSection } = require('./support/express-report');
const { measureExpress } = require('./support/express-run');
const { EXPRESS_VARIANTS } = require('./support/express-variants');
const { Figures } = require('./support/figures');

const { values } = parseArgs({
  options: {
    /** Seconds of each of the three runs of a variant in a round. */
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    /** Bytes of each body, in both directions. */
    sizes: { type: 'string', default: '1024,65536,1000000' },
    variants: { type: 'string', default: Object.keys(EXPRESS_VARIANTS).join(',') },
    /** Where the results go; empty: nowhere. */
    write: { type: 'string', default: join(__dirname, 'RESULTS.md') },
  },
});
const seconds = positive('seconds');
const rounds = positive('rounds');
const sizes = values.sizes.split(',').map(Number);
const variants = values.variants.split(',');

/** Requests/s that the slowest variant can do with ease, by the least bytes of a body. */
const RATES = [
  [500_000, 8],
  [16_384, 100],
  [0, 1000],
];

function positive(name) {
  const number = Number(values[name]);
  if (number > 0) return number;
  throw new Error(`--${name} must be a number above 0`);
}

function check() {
  const unknown = variants.find((variant) => !(variant in EXPRESS_VARIANTS));
  if (unknown === undefined && sizes.every((size) => size >= 100)) return;
  const names = Object.keys(EXPRESS_VARIANTS).join(', ');
  throw new Error(`--variants are some of ${names}; --sizes are bytes, at least 100`);
}

async function measureSize(bodyBytes, rate, tell) {
  const figures = new Figures();
  for (let round = 0; round < rounds; round++) {
    // The other way round each time, so that none always follows the same one.
    const order = round % 2 === 0 ? variants : [...variants].reverse();
    for (const variant of order) {
      tell(`${labelOfSize(bodyBytes)}, round ${round + 1}, ${EXPRESS_VARIANTS[variant].label}`);
      figures.add(variant, await measureExpress({ variant, bodyBytes, rate, seconds }));
    }
  }
  return figures;
}

/** Tells on stderr how far it is, so that stdout has the tables alone. */
function progress(total, began) {
  let done = 0;
  return (what) => {
    const elapsed = Math.round((Date.now() - began) / 1000);
    process.stderr.write(`${done++}/${total}, ${elapsed} s: ${what}\n`);
  };
}

async function main() {
  check();
  const began = Date.now();
  const tell = progress(sizes.length * rounds * variants.length, began);
  const figuresBySize = new Map();
  const sections = [];
  for (const bodyBytes of sizes) {
    const [, rate] = RATES.find(([least]) => bodyBytes >= least);
    const figures = await measureSize(bodyBytes, rate, tell);
    figuresBySize.set(bodyBytes, figures);
    sections.push(sizeSection({ figures, variants, bodyBytes, rate }));
    console.log(`\n${sections.at(-1)}`);
  }
  const goals = goalsSection(figuresBySize);
  console.log(`\n${goals}`);
  if (values.write === '') return;
  const flags = process.argv.slice(2);
  const command = ['npm run bench', ...(flags.length > 0 ? ['--'] : []), ...flags].join(' ');
  const took = (Date.now() - began) / 1000;
  const text = report({ sections, goals, command, seconds, rounds, took });
  writeFileSync(values.write, text);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
