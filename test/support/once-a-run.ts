import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';

/**
 * A folder that is filled once a run, by the first test file that asks for it; the others wait.
 *
 * @throws {Error} with the reason when it could not be filled, in every test file.
 */
export async function onceARun(
  name: string,
  fill: (folder: string) => Promise<unknown>,
): Promise<string> {
  const folder = join(inject('runFolder'), name);
  const outcome = join(folder, 'outcome');
  if (wasMade(folder)) {
    writeFileSync(outcome, await fill(folder).then(() => '', String));
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
