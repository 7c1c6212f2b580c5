import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isWritableByOthers } from '../delivery/spool/writable-by-others';
import type { ResolvedOptions } from '../options/readme-options';
import { type Check, checksAbout } from './check';

const check = checksAbout('Settings');

/** Whether logs could be kept in the spool directory; it is not made if it is missing. */
export function checkSpool({ spoolDirectory }: Pick<ResolvedOptions, 'spoolDirectory'>): Check[] {
  if (spoolDirectory === undefined) return [];
  const existing = nearestExisting(spoolDirectory);
  try {
    if (!statSync(existing).isDirectory()) throw new Error('it is not a directory');
    accessSync(existing, constants.W_OK | constants.X_OK);
    // What is made below it belongs to this user alone.
    if (existing !== spoolDirectory || !isWritableByOthers(statSync(existing))) return [];
    return [
      check(
        'fail',
        `README_SPOOL_DIRECTORY is not used: others may write to ${existing}`,
        'Make it writable for its owner alone (chmod go-w), or name a directory in it, which is made so.',
      ),
    ];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return [
      check(
        'fail',
        `nothing can be written to README_SPOOL_DIRECTORY: ${existing}: ${code ?? message}`,
        'Name in README_SPOOL_DIRECTORY a directory that the user of the process may write to.',
      ),
    ];
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}
