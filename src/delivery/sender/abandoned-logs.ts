import type { DropReason } from '../../record/drop-reason';
import { RequestBody } from '../client/request-body';
import type { Spooling } from '../spool/spooling';
import { LogQueue } from './log-queue';
import { type LogWriter, OpenRequest } from './open-request';
import type { WaitingLog } from './waiting-log';

/**
 * Logs that are not sent any more: kept in `spoolDirectory` where there is one, or lost. What goes to a file
 * has to be made and filtered like what goes to the server, so it is done a file at a time.
 */
export class AbandonedLogs {
  readonly #spooling: Spooling | undefined;
  readonly #writer: LogWriter;
  readonly #queue = new LogQueue();
  readonly #causes = new WeakMap<WaitingLog, DropReason>();

  constructor(spooling: Spooling | undefined, writer: LogWriter) {
    this.#spooling = spooling;
    this.#writer = writer;
  }

  get length(): number {
    return this.#queue.length;
  }

  add(logs: readonly WaitingLog[], cause: DropReason): void {
    for (const log of logs) {
      if (log.settled) continue;
      this.#causes.set(log, cause);
      this.#queue.add(log);
    }
  }

  /** @param until `performance.now()` after which no other file is begun. */
  work(until: number): void {
    while (this.#queue.length > 0 && performance.now() < until) {
      if (this.#spooling === undefined) this.#lose(this.#queue.takeFirst() as WaitingLog);
      else this.#keep(this.#spooling);
    }
  }

  /** There is no more time to keep any. */
  loseAll(): void {
    for (const log of this.#queue.takeAll()) this.#lose(log);
  }

  #lose(log: WaitingLog): void {
    log.settle(this.#causes.get(log) ?? 'internal_error');
  }

  #keep(spooling: Spooling): void {
    // A file is sent as one request, and there may be room for some files and not for all.
    const request = new OpenRequest(new RequestBody(), this.#queue, this.#writer);
    request.fill(Infinity);
    if (request.logs.length === 0) return;
    const outcome = spooling.keep(request.body.logs);
    for (const log of request.logs) log.settle(outcome);
  }
}
