import type { ReceivedLog } from './received-log';

interface Waiter {
  count: number;
  resolve: (logs: ReceivedLog[]) => void;
  reject: (error: Error) => void;
}

/**
 * Keeps the newest logs, at most `maxLogs` that are at most `maxBytes` together, and tells those who
 * wait for them or follow them.
 *
 * Every log has a number, counted from 0 on: `logs[i]` is number `first + i`. Numbers are not used
 * again, so that a follower can tell a new log from an old one.
 */
export class LogInbox {
  /** The logs in the order in which they came; one list for the life of the inbox. */
  readonly logs: ReceivedLog[] = [];
  /** Logs that were let go of to keep within `maxLogs`. */
  dropped = 0;

  readonly #maxLogs: number;
  readonly #maxBytes: number;
  readonly #sizes: number[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #followers = new Set<() => void>();
  #bytes = 0;
  #end = 0;
  #closed = false;

  constructor(maxLogs: number, maxBytes = Number.POSITIVE_INFINITY) {
    this.#maxLogs = maxLogs;
    this.#maxBytes = maxBytes;
  }

  /** Number of the oldest log that is kept; `end` when none is. */
  get first(): number {
    return this.#end - this.logs.length;
  }

  /** Number that the next log will get. */
  get end(): number {
    return this.#end;
  }

  /** @param bytes its share of what is kept. The newest log is kept, however large it is. */
  add(log: ReceivedLog, bytes = 0): void {
    this.logs.push(log);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    this.#end += 1;
    while (
      this.logs.length > this.#maxLogs ||
      (this.#bytes > this.#maxBytes && this.logs.length > 1)
    ) {
      this.logs.shift();
      this.#bytes -= this.#sizes.shift() ?? 0;
      this.dropped += 1;
    }
    for (const follower of this.#followers) follower();
    for (const waiter of this.#waiters) {
      if (this.logs.length >= waiter.count) waiter.resolve(this.logs.slice(0, waiter.count));
    }
  }

  /** Resolves with the first `count` logs, or rejects after `timeoutMillis`. */
  waitFor(count: number, timeoutMillis: number): Promise<ReceivedLog[]> {
    if (typeof timeoutMillis !== 'number' || !(timeoutMillis >= 0)) {
      return Promise.reject(
        new TypeError('waitForLogs: timeoutMillis must be a number of milliseconds, 0 or more'),
      );
    }
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
    this.#sizes.length = 0;
    this.#bytes = 0;
    this.dropped = 0;
    for (const follower of this.#followers) follower();
  }

  /** Calls `follower` after every change, until the returned function is called. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
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
