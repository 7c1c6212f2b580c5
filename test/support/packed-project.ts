import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { onceARun } from './once-a-run';

const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** npm needs some seconds when its cache knows the packages, and much longer when it does not. */
export const INSTALL_TIMEOUT = 600_000;

/** The neighbours, in versions that share the application's SDK 2.12 and API 1.9 with this package. */
const NEIGHBOURS = {
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/auto-instrumentations-node': '0.81.2',
  'signal-exit': '3.0.7',
  'signal-exit-4': 'npm:signal-exit@4.1.0',
};

let installing: Promise<string> | undefined;

/**
 * The folder of a user's project in which the packed package is installed twice, as itself and as
 * `second-copy`, beside its neighbours. It is made once a run, by the first test file that asks.
 */
export function packedProject(): Promise<string> {
  installing ??= onceARun('project', install);
  return installing;
}

async function install(folder: string): Promise<void> {
  const { npm_config_local_prefix: _, ...env } = process.env;
  // `pretest` has built; another build here would wipe what other test files run.
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, env });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  const dependencies = {
    'readme-metrics-opentelemetry': `file:${tarball}`,
    'second-copy': `file:${tarball}`,
    ...NEIGHBOURS,
  };
  writeFileSync(`${folder}/package.json`, JSON.stringify({ private: true, dependencies }));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', ...flags], { cwd: folder, env });
}
