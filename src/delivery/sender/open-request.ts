import type { GrowingBytes } from '../../record/growing-bytes';
import type { RequestBody } from '../client/request-body';
import type { WaitingLog } from './waiting-log';

/** ReadMe's own SDK never sends more logs in one request. */
export const MAX_LOGS = 30;
/** A request is filled up to about so many bytes; a larger single log goes alone. */
export const MAX_BYTES = 1024 * 1024;
/** A log that makes a request larger than this goes with the next one. */
const MOST_BYTES = 2 * MAX_BYTES;

/** Where the logs of a request come from. */
export interface LogSource {
  first(): WaitingLog | undefined;
  takeFirst(): WaitingLog | undefined;
  putBack(logs: readonly WaitingLog[]): void;
}

/** Makes the JSON of logs. */
export interface LogWriter {
  /** Bytes that the JSON of this log may take. */
  estimate(log: WaitingLog): number;
  /** @throws what a defect throws. */
  write(log: WaitingLog, out: GrowingBytes): void;
  /** The log cannot be made, and is lost. */
  failed(log: WaitingLog, error: unknown): void;
}

/** A request that is being filled with logs, just before it is sent. */
export class OpenRequest {
  readonly body: RequestBody;
  readonly logs: WaitingLog[] = [];
  /** How often these logs were sent. */
  readonly attempts: number;
  /** `performance.now()` of the last failure. */
  readonly failedAt?: number;
  readonly #source: LogSource;
  readonly #writer: LogWriter;

  constructor(
    body: RequestBody,
    source: LogSource,
    writer: LogWriter,
    { attempts = 0, failedAt }: { attempts?: number; failedAt?: number } = {},
  ) {
    this.body = body;
    this.#source = source;
    this.#writer = writer;
    this.attempts = attempts;
    if (failedAt !== undefined) this.failedAt = failedAt;
  }

  /**
   * Adds logs until the request is full, or there are no more.
   *
   * @param until `performance.now()` at which the event loop has to get its turn.
   * @returns false when there was not enough time.
   */
  fill(until: number): boolean {
    let taken = 0;
    for (let log = this.#source.first(); log !== undefined; log = this.#source.first()) {
      if (this.logs.length === MAX_LOGS) return true;
      const isFirst = this.logs.length === 0;
      if (!isFirst && this.body.length + this.#writer.estimate(log) > MAX_BYTES) return true;
      // At least one log a time, so that there is an end to it however late each turn comes.
      if (taken++ > 0 && performance.now() >= until) return false;
      this.#source.takeFirst();
      if (log.settled || !this.#add(log)) continue;
      if (!isFirst && this.body.length > MOST_BYTES) {
        this.body.removeLast();
        this.#source.putBack(this.logs.splice(-1));
        return true;
      }
    }
    return true;
  }

  #add(log: WaitingLog): boolean {
    try {
      this.body.add((out) => this.#writer.write(log, out));
      this.logs.push(log);
      return true;
    } catch (error) {
      this.#writer.failed(log, error);
      return false;
    }
  }
}
