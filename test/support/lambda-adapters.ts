import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { onceARun } from './once-a-run';

const FIXTURE = resolve(import.meta.dirname, '../fixtures/serverless');
const run = promisify(execFile);

/** @returns `require` for adapters of AWS Lambda, which have a lock file of their own. */
export async function lambdaAdapters(): Promise<NodeJS.Require> {
  const folder = await onceARun('serverless', async (made) => {
    cpSync(FIXTURE, made, { recursive: true });
    const { npm_config_local_prefix: _, ...env } = process.env;
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await run('npm', ['ci', ...flags], { cwd: made, env });
  });
  return createRequire(join(folder, 'noop.js'));
}
