import { leaveBodiesOut } from '../../record/read-record';
import type { Outcome, PendingLog } from '../pipeline';

/** A log that waits to be sent, or to be sent again. All that is kept of it meanwhile is its record. */
export class WaitingLog {
  readonly pending: PendingLog;
  /** `performance.now()` after which a failed log is not sent again. */
  readonly deadline: number;
  /** How often its JSON was made. */
  made = 0;
  /** True when it is sent without its bodies, because it was too large with them. */
  withoutBodies = false;
  #settled = false;

  constructor(pending: PendingLog, deadline: number) {
    this.pending = pending;
    this.deadline = deadline;
  }

  get record(): Uint8Array {
    return this.pending.record;
  }

  get settled(): boolean {
    return this.#settled;
  }

  leaveBodiesOut(): void {
    leaveBodiesOut(this.record);
    this.withoutBodies = true;
  }

  /** The first outcome counts: a log may be given up while its request is still in flight. */
  settle(outcome: Outcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.pending.onResult(outcome);
  }
}
