'use strict';

// What it costs to filter a JSON body and to write it as the inside of a JSON string, in one pass over its
// bytes: microseconds of CPU on one core, garbage collection included, for lists of each kind. Beside it, what
// has to be done at least (`escaped only`, `JSON.stringify`), and what is done without such a pass. Medians of
// rounds that take turns.
//
//   npm run bench:redaction -- --rounds 9 --millis 200

const { join, resolve } = require('node:path');
const { parseArgs } = require('node:util');
const { DENIED_NAME, jsonOf } = require('./support/exchange');
const { format, median, printTable } = require('./support/print');

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    /** Milliseconds of CPU of each measurement. */
    millis: { type: 'string', default: '100' },
    /** Where the compiled package is. */
    dist: { type: 'string', default: join(__dirname, '../dist') },
  },
});
const dist = (path) => require(join(resolve(values.dist), path));
const { GrowingBytes } = dist('record/growing-bytes.js');
const { redactJson } = dist('redaction/json.js');
const { appendJsonString } = dist('redaction/json-string.js');
const { compilePolicy } = dist('redaction/policy.js');

const SIZES = { '1 KB': 1024, '61 KB': 61 * 1024, '1 MB': 1_000_000 };
const NAMES = Array.from({ length: 50 }, (_, index) => `secret${index}`);

const LISTS = {
  'one name': { denylist: [DENIED_NAME] },
  '50 names, none there': { denylist: NAMES },
  'a name at any depth': { denylist: [`**.${DENIED_NAME}`] },
  '@credentials': { denylist: ['@credentials'] },
  'a RegExp': { denylist: [/_?(token|password)$/] },
  'allowlist, a path': { allowlist: ['users[].email'] },
};

function stepsFor(bytes) {
  const body = Buffer.from(jsonOf(bytes));
  const out = new GrowingBytes(4 * bytes);
  const filter = (list) => {
    const policy = compilePolicy(list);
    return () => {
      out.length = 0;
      redactJson(body, policy, out, { read: false, escaped: true });
    };
  };
  return {
    ...Object.fromEntries(Object.entries(LISTS).map(([label, list]) => [label, filter(list)])),
    'escaped only': () => {
      out.length = 0;
      appendJsonString(out, body);
    },
    'JSON.stringify': () => Buffer.from(JSON.stringify(body.toString())),
    'parse, delete, stringify': () => {
      const document = JSON.parse(body.toString());
      delete document[DENIED_NAME];
      return Buffer.from(JSON.stringify(JSON.stringify(document)));
    },
  };
}

/** Microseconds of CPU of one run: by the clock it would be a matter of what else the machine does. */
function measure(run) {
  const began = process.cpuUsage();
  const least = Number(values.millis) * 1000;
  let times = 0;
  let used = 0;
  do {
    for (let i = 0; i < 10; i++) run();
    times += 10;
    const { user, system } = process.cpuUsage(began);
    used = user + system;
  } while (used < least);
  return used / times;
}

const labels = Object.keys(stepsFor(1024));
const columns = Object.values(SIZES).map((bytes) => {
  const steps = Object.values(stepsFor(bytes));
  for (const run of steps) measure(run);
  const results = steps.map(() => []);
  for (let round = 0; round < Number(values.rounds); round++) {
    steps.forEach((run, i) => {
      results[i].push(measure(run));
    });
  }
  return results.map((numbers) => format(median(numbers), 1));
});
console.log(`Node ${process.version}, medians of ${values.rounds} rounds, CPU µs\n`);
printTable(
  ['list', ...Object.keys(SIZES)],
  labels.map((label, i) => [label, ...columns.map((column) => column[i])]),
);
