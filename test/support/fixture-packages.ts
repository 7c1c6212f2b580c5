import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { onceARun } from './once-a-run';
import { npmIn } from './packed-project';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');

/**
 * The folder in which the packages of `test/fixtures/<name>` are installed, as their lock file says, once a run.
 * No other test needs them, and with them `npm install` would take twice as long.
 *
 * @throws {Error} where they cannot be had.
 */
export function fixturePackages(name: string): Promise<string> {
  return onceARun(name, async (folder) => {
    cpSync(join(FIXTURES, name), folder, { recursive: true });
    await npmIn(folder, 'ci');
  });
}

/** `require` for the packages of `test/fixtures/<name>`. */
export async function fixtureRequire(name: string): Promise<NodeJS.Require> {
  return createRequire(join(await fixturePackages(name), 'noop.js'));
}
