import type { Outcome, PendingLog } from '../pipeline';

/** So many settled logs are worth moving the rest. */
const COMPACT_FROM = 1024;

/**
 * The logs that a worker has, numbered as it numbers them: in the order in which they were given, from 0.
 *
 * An array, because a Map into which entries come and go is made anew every few hundred logs.
 */
export class LogsPendingInWorker {
  /** Those that are settled have left a hole. */
  #logs: (PendingLog | undefined)[] = [];
  /** Number of the first in the array. */
  #first = 0;
  /** Holes at the front. */
  #settled = 0;
  /** Logs from before the first in the array: those that are sent again and again while others arrive. */
  readonly #late = new Map<number, PendingLog>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Places that are held for logs, settled or not. */
  get places(): number {
    return this.#logs.length + this.#late.size;
  }

  /** Number of the next log that is given. */
  get next(): number {
    return this.#first + this.#logs.length;
  }

  give(logs: readonly PendingLog[]): void {
    for (const log of logs) this.#logs.push(log);
    this.#size += logs.length;
  }

  /** @param outcomes number, outcome, number, outcome, …. */
  settle(outcomes: readonly (number | Outcome)[]): void {
    for (let index = 0; index < outcomes.length; index += 2) {
      const log = this.#take(outcomes[index] as number);
      log?.onResult(outcomes[index + 1] as Outcome);
    }
    this.#compact();
  }

  /** @param below numbers of the logs; others may have come since. */
  lose(cause: 'shutdown_timeout' | 'worker_crashed', below = Infinity): void {
    const numbers = [...this.#late.keys(), ...this.#logs.map((_, index) => this.#first + index)];
    const lost = numbers.filter((number) => number < below).map((number) => this.#take(number));
    this.#compact();
    for (const log of lost) log?.onResult(cause);
  }

  /** Another worker counts from 0 again. */
  restart(): void {
    this.#logs = [];
    this.#first = 0;
    this.#settled = 0;
    this.#late.clear();
    this.#size = 0;
  }

  #take(number: number): PendingLog | undefined {
    const index = number - this.#first;
    const log = index < 0 ? this.#late.get(number) : this.#logs[index];
    if (log === undefined) return undefined;
    if (index < 0) this.#late.delete(number);
    else this.#logs[index] = undefined;
    this.#size--;
    return log;
  }

  #compact(): void {
    const { length } = this.#logs;
    while (this.#settled < length && this.#logs[this.#settled] === undefined) this.#settled++;
    if (this.#settled === length || this.#settled >= COMPACT_FROM) {
      this.#dropFirst(this.#settled);
    } else if (length >= 4 * COMPACT_FROM && this.#size < length / 4) {
      this.#dropFirst(length / 2);
    }
  }

  #dropFirst(count: number): void {
    for (const [index, log] of this.#logs.splice(0, Math.floor(count)).entries()) {
      if (log !== undefined) this.#late.set(this.#first + index, log);
    }
    this.#first += Math.floor(count);
    this.#settled = 0;
  }
}
