import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** As `nice` has it without a number: the scheduler gives such a thread a ninth of a busy CPU. */
const NICE = 10;

/**
 * Lets the application go first on a busy CPU. Linux has priorities for threads, by ids that its setpriority(2)
 * takes where it says process; to lower one's own needs no privilege. Elsewhere, nothing happens.
 */
export function lowerPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    // proc(5): `PID/task/TID`.
    const thread = Number(readlinkSync('/proc/thread-self').split('/').pop());
    if (thread > 0 && thread !== process.pid) setPriority(thread, NICE);
  } catch {
    // Without /proc, or where a sandbox forbids it, both threads stay equal.
  }
}
