import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Holder } from './spool-name';

/** Longer than any delivery takes: who holds a file for longer has hung, or cannot be asked. */
const HELD_MILLIS = 10 * 60_000;

/** Holds files in the name of this process. */
export class Holding {
  readonly #self: Omit<Holder, 'since'> = {
    place: placeOfProcessIds(),
    pid: process.pid,
    began: processStatus(process.pid)?.began ?? '0',
    spool: randomBytes(4).toString('hex'),
  };

  fromNow(): Holder {
    return { since: Date.now(), ...this.#self };
  }

  /** True when the file may be taken over: its holder has ended, or has had it for too long. */
  isAbandoned(holder: Holder): boolean {
    if (holder.place === this.#self.place && holder.spool === this.#self.spool) return false;
    // A time far ahead comes from a clock that was wrong.
    if (Math.abs(Date.now() - holder.since) > HELD_MILLIS) return true;
    return holder.place === this.#self.place && hasEnded(holder);
  }
}

/**
 * Process ids mean nothing on another machine, after a restart, or in another container that shares the
 * folder, even if it has the same host name (as the containers of a pod have).
 */
function placeOfProcessIds(): string {
  const hash = createHash('sha256').update(hostname());
  if (process.platform === 'linux') {
    try {
      hash.update(readFileSync('/proc/sys/kernel/random/boot_id'));
      hash.update(readlinkSync('/proc/self/ns/pid'));
    } catch {
      // Then no process can be told to have ended, and only time frees what it held.
      hash.update(randomBytes(16));
    }
  }
  return hash.digest('hex').slice(0, 8);
}

function hasEnded({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
  const status = processStatus(pid);
  if (status === undefined) return false;
  // The same id, of a later process: in a container that was restarted, it is 1 again.
  return status.isZombie || (began !== '0' && status.began !== began);
}

/** `undefined` where there is no /proc, or it does not show this process. */
function processStatus(pid: number): { isZombie: boolean; began: string } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // proc(5): pid (name) state …; the name may hold spaces and brackets. starttime is field 22.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const began = fields[19];
    if (began === undefined || !/^\d{1,20}$/.test(began)) return undefined;
    return { isZombie: fields[0] === 'Z', began };
  } catch {
    return undefined;
  }
}
