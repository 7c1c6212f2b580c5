import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { onceARun } from './once-a-run';

const FIXTURE = resolve(import.meta.dirname, '../fixtures/build-tools');
const run = promisify(execFile);

/**
 * Bundlers, a tracer of files and Yarn. They have a lock file of their own: no other test needs them, and
 * with them `npm install` would take twice as long.
 *
 * @returns `require` for these packages.
 */
export async function buildTools(): Promise<NodeJS.Require> {
  const folder = await onceARun('build-tools', async (made) => {
    cpSync(FIXTURE, made, { recursive: true });
    const { npm_config_local_prefix: _, ...env } = process.env;
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await run('npm', ['ci', ...flags], { cwd: made, env });
  });
  return createRequire(join(folder, 'noop.js'));
}
