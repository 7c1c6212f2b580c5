import type { ReceivedLog } from './received-log';

interface Waiter {
  count: number;
  resolve: (logs: ReceivedLog[]) => void;
  reject: (error: Error) => void;
}

/** Keeps the newest logs, at most `maxLogs`, and tells those who wait for them. */
export class LogInbox {
  /** The logs in the order in which they came; one list for the life of the inbox. */
  readonly logs: ReceivedLog[] = [];
  /** Logs that were let go of to keep within `maxLogs`. */
  dropped = 0;

  readonly #maxLogs: number;
  readonly #waiters = new Set<Waiter>();
  #closed = false;

  constructor(maxLogs: number) {
    this.#maxLogs = maxLogs;
  }

  add(log: ReceivedLog): void {
    this.logs.push(log);
    if (this.logs.length > this.#maxLogs) {
      this.logs.shift();
      this.dropped += 1;
    }
    for (const waiter of this.#waiters) {
      if (this.logs.length >= waiter.count) waiter.resolve(this.logs.slice(0, waiter.count));
    }
  }

  /** Resolves with the first `count` logs, or rejects after `timeoutMillis`. */
  waitFor(count: number, timeoutMillis: number): Promise<ReceivedLog[]> {
    if (!Number.isInteger(count) || count < 0 || count > this.#maxLogs) {
      const range = `a whole number from 0 to maxLogs (${this.#maxLogs})`;
      return Promise.reject(
        new RangeError(`waitForLogs: the count must be ${range}, not ${count}`),
      );
    }
    if (this.logs.length >= count) return Promise.resolve(this.logs.slice(0, count));
    if (this.#closed) return Promise.reject(this.#closedError(count));

    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiter.reject(new Error(`${this.#arrived(count)} within ${timeoutMillis} ms`));
      }, timeoutMillis);
      const settle = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        count,
        resolve: (logs) => {
          settle();
          resolve(logs);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  /** Forgets all logs. Those who wait go on waiting, for as many new ones. */
  clear(): void {
    this.logs.length = 0;
    this.dropped = 0;
  }

  /** Rejects for all who still wait, and who come to wait for more than there is. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.reject(this.#closedError(waiter.count));
  }

  #closedError(count: number): Error {
    return new Error(`${this.#arrived(count)} before the server was closed`);
  }

  #arrived(count: number): string {
    return `${this.logs.length} of ${count} logs arrived`;
  }
}
