import type { Outcome, PendingLog } from '../pipeline';

/** The logs that a worker has, numbered as it numbers them: in the order in which they were given, from 0. */
export class LogsPendingInWorker {
  readonly #logs = new Map<number, PendingLog>();
  #next = 0;

  get size(): number {
    return this.#logs.size;
  }

  /** Number of the next log that is given. */
  get next(): number {
    return this.#next;
  }

  give(logs: readonly PendingLog[]): void {
    for (const log of logs) this.#logs.set(this.#next++, log);
  }

  /** @param outcomes number, outcome, number, outcome, …. */
  settle(outcomes: readonly (number | Outcome)[]): void {
    for (let index = 0; index < outcomes.length; index += 2) {
      const number = outcomes[index] as number;
      const log = this.#logs.get(number);
      this.#logs.delete(number);
      log?.onResult(outcomes[index + 1] as Outcome);
    }
  }

  /** @param below numbers of the logs; others may have come since. */
  lose(cause: 'shutdown_timeout' | 'worker_crashed', below = Infinity): void {
    const lost = [...this.#logs].filter(([number]) => number < below);
    for (const [number] of lost) this.#logs.delete(number);
    for (const [, log] of lost) log.onResult(cause);
  }

  /** Another worker counts from 0 again. */
  restart(): void {
    this.#next = 0;
  }
}
