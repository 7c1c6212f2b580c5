import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const TESTS = resolve(import.meta.dirname, '..');
/** It tests waitForLogs() itself. */
const OWN = 'local/metrics-server.test.ts';

/** What makes a test depend on how fast the machine is, and what to do instead. */
const FORBIDDEN: [RegExp, string][] = [
  [
    /expect\((performance|Date)\.now\(\) - \w+\)\s*\.toBeLess/,
    'a longest duration: see that it happens although every other deadline is NEVER_MILLIS',
  ],
  [/\.waitForLogs\([^,()]*\)/, 'five seconds: waitForLogs(count, PATIENCE_MILLIS)'],
  [/\btimeout: ([1-9]|[1-5]\d)_?\d{3}\b/, 'less than a minute: PATIENCE_MILLIS'],
  [/\.poll\((?![^;]*\bPOLL\b)/, 'a second: expect.poll(…, POLL)'],
  [/\bvi\.wait(For|Until)\(/, 'a second: until() of test/support/patience.ts'],
];

const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter(
  (path) =>
    /\.ts$/.test(path) &&
    path !== OWN &&
    !path.includes('consumer') &&
    !path.includes('patience.test'),
);

it.each(FORBIDDEN)('no test has a deadline that a slow machine misses: %s', (pattern, instead) => {
  const found = files.filter((path) => pattern.test(readFileSync(join(TESTS, path), 'utf8')));
  expect(found, instead).toEqual([]);
});
