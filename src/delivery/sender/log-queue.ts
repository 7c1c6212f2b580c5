import type { Outcome, PendingLog } from '../pipeline';

/** A log that is ready to be sent. */
export class ReadyLog {
  /** UTF-8 of the log's JSON. */
  json: Buffer;
  /** `performance.now()` after which a failed log is not sent again. */
  readonly deadline: number;
  /** True when it has already lost its bodies because it was too large. */
  stripped = false;
  readonly pending: PendingLog;
  #settled = false;

  constructor(json: Buffer, pending: PendingLog, deadline: number) {
    this.json = json;
    this.pending = pending;
    this.deadline = deadline;
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** The first outcome counts: a log may be given up while its request is still in flight. */
  settle(outcome: Outcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.pending.onResult(outcome);
  }
}

export type LogBatch = readonly ReadyLog[];

/** ReadMe's own SDK never sends more logs in one request. */
const MAX_LOGS = 30;
/** A request is filled up to about so many bytes; a larger single log goes alone. */
const MAX_BYTES = 1024 * 1024;

/** While requests wait for their turn, records are cheaper to keep than finished logs. */
const ENOUGH_LOGS = 120;
const ENOUGH_BYTES = 8 * 1024 * 1024;

/** Logs that wait for a request, taken out in batches by count and bytes. */
export class LogQueue {
  #logs: ReadyLog[] = [];
  #bytes = 0;

  get length(): number {
    return this.#logs.length;
  }

  get hasFullBatch(): boolean {
    return this.#logs.length >= MAX_LOGS || this.#bytes >= MAX_BYTES;
  }

  /** True when there is no point in making more logs before some of these are sent. */
  get hasEnough(): boolean {
    return this.#logs.length >= ENOUGH_LOGS || this.#bytes >= ENOUGH_BYTES;
  }

  add(log: ReadyLog): void {
    this.#logs.push(log);
    this.#bytes += log.json.length;
  }

  takeBatch(): LogBatch {
    let bytes = 0;
    let count = 0;
    for (const { json } of this.#logs) {
      if (count === MAX_LOGS || (count > 0 && bytes + json.length > MAX_BYTES)) break;
      bytes += json.length;
      count++;
    }
    this.#bytes -= bytes;
    return this.#logs.splice(0, count);
  }

  /** `performance.now()` from which there is something to give up. */
  get firstDeadline(): number {
    return this.#logs[0]?.deadline ?? Infinity;
  }

  /** Takes out those whose deadline is over. They came in order, so the oldest stand first. */
  takeExpired(): LogBatch {
    const now = performance.now();
    let count = 0;
    while (count < this.#logs.length && (this.#logs[count] as ReadyLog).deadline <= now) count++;
    const expired = this.#logs.splice(0, count);
    for (const { json } of expired) this.#bytes -= json.length;
    return expired;
  }

  takeAll(): LogBatch {
    this.#bytes = 0;
    return this.#logs.splice(0);
  }
}
