import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';

/** npm needs some seconds when its cache knows the packages, and much longer when it does not. */
export const INSTALL_TIMEOUT = 180_000;

/**
 * A folder that is made once a run of Vitest, by the first test file that asks, and is there for all of them.
 * It rejects in all of them when `make` does.
 */
export async function onceARun(
  name: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(inject('runFolder'), name);
  const outcome = join(folder, 'outcome');
  if (!existsSync(folder) && wasMade(folder)) {
    const failure = await make(folder).then(() => '', String);
    writeFileSync(outcome, failure);
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
