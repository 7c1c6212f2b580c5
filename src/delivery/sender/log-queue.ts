import type { WaitingLog } from './waiting-log';

/** As many as are taken out before those that follow are moved. */
const MOST_TAKEN = 1024;

/** Logs that wait for a request, in the order in which they came. */
export class LogQueue {
  #logs: WaitingLog[] = [];
  /** Array.prototype.shift moves all that follows, which a long queue cannot afford for every log. */
  #next = 0;
  #bytes = 0;

  /** Of their records. */
  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#logs.length - this.#next;
  }

  add(log: WaitingLog): void {
    this.#logs.push(log);
    this.#bytes += log.record.length;
  }

  first(): WaitingLog | undefined {
    return this.#logs[this.#next];
  }

  takeFirst(): WaitingLog | undefined {
    const log = this.#logs[this.#next];
    if (log === undefined) return undefined;
    this.#next++;
    this.#bytes -= log.record.length;
    if (this.#next === this.#logs.length || this.#next === MOST_TAKEN) {
      this.#logs = this.#logs.slice(this.#next);
      this.#next = 0;
    }
    return log;
  }

  /** Puts back what was taken from the beginning. */
  putBack(logs: readonly WaitingLog[]): void {
    if (logs.length === 0) return;
    for (const log of logs) this.#bytes += log.record.length;
    this.#logs = [...logs, ...this.#logs.slice(this.#next)];
    this.#next = 0;
  }

  takeAll(): WaitingLog[] {
    const all = this.#logs.slice(this.#next);
    this.#logs = [];
    this.#bytes = 0;
    this.#next = 0;
    return all;
  }
}
