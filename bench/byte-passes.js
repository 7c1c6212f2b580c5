'use strict';

// What becomes of bytes, without server and network, on one core: an exchange is written as a record (on the
// request's thread), and the record becomes the JSON of a log (in the worker), with one denied member in
// both bodies. Beside it, what others have to do at least: JSON.stringify of both texts without any filter,
// and JSON.parse, `delete` and JSON.stringify. Figures are medians of rounds that take turns.
//
//   npm run bench:byte-passes -- --rounds 9 --millis 200

const { deepStrictEqual } = require('node:assert');
const { parseArgs } = require('node:util');
const { DENIED_NAME, MARKS, jsonOf } = require('./support/exchange');
const { parsedWhole } = require('./support/log-check');
const { createLogWriter, exchangeWith, writeRecord } = require('./support/log-writer');
const { format, median, table } = require('./support/print');
const { conditions, writeResults } = require('./support/results');

const { values } = parseArgs({
  options: {
    /** Fewer rounds. */
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    /** Milliseconds of CPU of each measurement. */
    millis: { type: 'string', default: '150' },
    /** Entries of the denylist, separated by commas. */
    denylist: { type: 'string', default: DENIED_NAME },
    /** Puts the table into RESULTS.md. */
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 3 : 9));
const millis = Number(values.millis);
const SIZES = { '1 KB': 1024, '61 KB': 61 * 1024, '1 MB': 1_000_000 };

/** Each step as a function without arguments, by its label. */
function stepsFor(bytes) {
  const text = jsonOf(bytes);
  const body = Buffer.from(text);
  const exchange = exchangeWith(body);
  const record = writeRecord(exchange);
  const toJson = createLogWriter(values.denylist.split(','));
  check(toJson(record), bytes);
  const withoutDenied = () => {
    const document = JSON.parse(body.toString());
    delete document[DENIED_NAME];
    return JSON.stringify(document);
  };
  return {
    'exchange to record': () => writeRecord(exchange),
    'record to JSON': () => toJson(record),
    'JSON.stringify of both texts': () =>
      Buffer.from(JSON.stringify({ request: body.toString(), response: body.toString() })),
    'parse, delete, stringify': () =>
      Buffer.from(JSON.stringify({ request: withoutDenied(), response: withoutDenied() })),
  };
}

/** A log that lacks something is soon written. */
function check(json, bytes) {
  const log = Buffer.from(`[${Buffer.from(json).toString()}]`);
  deepStrictEqual(parsedWhole(log, bytes), 1, 'the log has not both bodies');
  deepStrictEqual(log.includes(MARKS.denied), false, 'the log has the denied value');
}

/**
 * Microseconds of CPU of one run, garbage collection included: by the clock it would be a matter of what else
 * the machine does.
 */
function measure(run) {
  const began = process.cpuUsage();
  let times = 0;
  let used = 0;
  do {
    for (let i = 0; i < 10; i++) run();
    times += 10;
    const { user, system } = process.cpuUsage(began);
    used = user + system;
  } while (used < millis * 1000);
  return used / times;
}

const began = Date.now();
const rows = Object.entries(SIZES).map(([label, bytes]) => {
  const steps = Object.values(stepsFor(bytes));
  for (const run of steps) measure(run);
  const results = steps.map(() => []);
  for (let round = 0; round < rounds; round++) {
    steps.forEach((run, i) => {
      results[i].push(measure(run));
    });
  }
  return [`${label} both ways`, ...results.map((numbers) => format(median(numbers), 1))];
});
const text = table(['CPU µs', ...Object.keys(stepsFor(1024))], rows);
console.log(`Node ${process.version}, medians of ${rounds} rounds\n\n${text}`);
if (values.write) {
  const [major] = process.versions.node.split('.');
  const how = `Medians of ${rounds} rounds of ${millis} ms, in turns.`;
  const all = [`## Byte passes, Node.js ${major}`, conditions([], Date.now() - began), how, text];
  writeResults('byte-passes', all.join('\n\n'));
}
