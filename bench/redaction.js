'use strict';

// How fast a denylist goes through JSON: megabytes a second on one core, for documents of three sizes and
// lists of two lengths, where no denied name occurs (`absent`) and where one occurs in each object
// (`present`), beside JSON.parse, `delete` and JSON.stringify of the same text. `read` is redactJson where
// it has to read the text, whatever is in it. Figures are medians of rounds that take turns.
//
//   npm run bench:redaction -- --rounds 7 --millis 200

const { join, resolve } = require('node:path');
const { parseArgs } = require('node:util');
const { format, median, printTable } = require('./support/print');

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Milliseconds of each measurement. */
    millis: { type: 'string', default: '150' },
    /** Where the compiled package is. */
    dist: { type: 'string', default: join(__dirname, '../dist') },
  },
});
const redaction = join(resolve(values.dist), 'redaction');
const { redactJson } = require(join(redaction, 'json.js'));
const { compilePolicy } = require(join(redaction, 'policy.js'));

/** Denied names as they are in earnest; the first one occurs in documents with `present`. */
const NAMES = [
  ...['password', 'card', 'token', 'secret', 'ssn', 'apiKey', 'authorization', 'cvv', 'pinCode'],
  ...['iban', 'accountNumber', 'routingNumber', 'birthDate', 'phone', 'mobile', 'fax', 'passport'],
  ...['license', 'salary', 'creditLimit', 'firstName', 'lastName', 'middleName', 'maidenName'],
  ...['mother', 'father', 'spouse', 'gender', 'religion', 'ethnicity', 'bloodType', 'diagnosis'],
  ...['prescription', 'insurance', 'medicalRecord', 'session', 'cookie', 'refreshToken'],
  ...['accessToken', 'idToken', 'clientSecret', 'privateKey', 'signature', 'hash', 'salt', 'otp'],
  ...['totp', 'backupCodes', 'securityAnswer', 'taxNumber'],
];

/** A list of orders of about so many bytes. */
function documentOf(bytes, present) {
  const orders = [];
  for (let id = 0, size = 0; size < bytes; id += 1) {
    const order = {
      id,
      email: `owl${id}@example.com`,
      note: `Leave it with the neighbour, no. ${id}`,
      tags: ['new', 'gift'],
      active: id % 2 === 0,
      price: 12.5,
      address: { street: `Main Street ${id}`, city: 'Hogsmeade', zip: 12345 },
      ...(present && { password: 'alohomora' }),
    };
    orders.push(order);
    size += JSON.stringify(order).length + 1;
  }
  return JSON.stringify(orders);
}

function parseDeleteStringify(text, names) {
  const orders = JSON.parse(text);
  for (const order of orders) for (const name of names) delete order[name];
  return JSON.stringify(orders);
}

/** Megabytes a second. */
function rate(run, bytes, millis) {
  const start = performance.now();
  let times = 0;
  let elapsed = 0;
  do {
    for (let i = 0; i < Math.max(1, 65536 / bytes); i += 1, times += 1) run();
    elapsed = performance.now() - start;
  } while (elapsed < millis);
  return (bytes * times) / elapsed / 1000;
}

const rows = [];
for (const [label, bytes] of [
  ['1 KB', 1024],
  ['64 KB', 65536],
  ['1 MB', 1048576],
]) {
  for (const count of [2, 50]) {
    for (const present of [false, true]) {
      const text = documentOf(bytes, present);
      const names = NAMES.slice(0, count);
      const policy = compilePolicy({ denylist: names });
      const runs = [
        () => redactJson(text, policy),
        () => redactJson(text, policy, true),
        () => parseDeleteStringify(text, names),
      ];
      const rates = runs.map(() => []);
      for (const run of runs) rate(run, text.length, Number(values.millis));
      for (let round = 0; round < Number(values.rounds); round += 1) {
        runs.forEach((run, i) => {
          rates[i].push(rate(run, text.length, Number(values.millis)));
        });
      }
      const [redact, read, parse] = rates.map(median);
      rows.push([
        `${label}, ${count} names, ${present ? 'present' : 'absent'}`,
        ...[redact, read, parse].map((number) => format(number)),
        format(redact / parse, 1),
      ]);
    }
  }
}
console.log(`Node.js ${process.version}, MB/s\n`);
printTable(['document', 'redactJson', 'read', 'parse, delete, stringify', 'times as fast'], rows);
