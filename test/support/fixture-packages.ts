import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { onceARun } from './once-a-run';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');
const run = promisify(execFile);

/**
 * Installs what a folder of `test/fixtures` asks for, once a run. It has a lock file of its own: few tests need
 * it, and with it `npm install` would take longer for all.
 *
 * @returns `require` for these packages.
 */
export async function fixturePackages(name: string): Promise<NodeJS.Require> {
  const folder = await onceARun(name, async (made) => {
    cpSync(join(FIXTURES, name), made, { recursive: true });
    const { npm_config_local_prefix: _, ...env } = process.env;
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await run('npm', ['ci', ...flags], { cwd: made, env });
  });
  return createRequire(join(folder, 'noop.js'));
}
