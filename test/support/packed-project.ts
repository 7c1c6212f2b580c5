import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { inject } from 'vitest';

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
  installing ??= installOrWait(join(inject('runFolder'), 'project'));
  return installing;
}

async function installOrWait(folder: string): Promise<string> {
  const outcome = join(folder, 'outcome');
  if (!existsSync(folder) && wasMade(folder)) {
    writeFileSync(outcome, await install(folder).catch((error: unknown) => String(error)));
  }
  while (!existsSync(outcome)) await sleep(100);
  const failure = readFileSync(outcome, 'utf8');
  if (failure !== '') throw new Error(failure);
  return folder;
}

/** Whether it was this process that made the folder. */
function wasMade(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

async function install(folder: string): Promise<string> {
  const { npm_config_local_prefix: _, ...env } = process.env;
  // `pretest` has built; another build here would wipe what other test files run.
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, env });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  const dependencies = {
    'readme-metrics-opentelemetry': `file:${tarball}`,
    'second-copy': `file:${tarball}`,
    ...NEIGHBOURS,
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', ...flags], { cwd: folder, env });
  return '';
}
