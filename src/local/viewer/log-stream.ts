import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { VERSION } from '../../version';
import type { LogInbox } from '../log-inbox';
import { summaryOf } from './log-summary';

interface Reader {
  res: ServerResponse;
  /** Number of the next log that it is to get. */
  next: number;
  /** True from a full buffer until it has drained. */
  waiting: boolean;
}

/** Summaries in one event: a page shows the newest of them before it has read them all. */
const LOGS_AN_EVENT = 1000;
const MAX_READERS = 32;
/** So that a page notices that the machine slept. */
const HEARTBEAT_MILLIS = 15_000;

/**
 * Tells pages of new logs by server-sent events. A reader is given what it lacks as fast as it takes
 * it, so a slow one costs no memory; what was dropped meanwhile it never gets.
 *
 * Each event's id says how far the reader is, and of which run of the server: a page that connects
 * again goes on from there.
 */
export class LogStream {
  readonly #inbox: LogInbox;
  readonly #maxLogs: number;
  readonly #run = randomUUID().slice(0, 8);
  readonly #readers = new Set<Reader>();
  readonly #unfollow: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  #scheduled = false;

  constructor(inbox: LogInbox, maxLogs: number) {
    this.#inbox = inbox;
    this.#maxLogs = maxLogs;
    this.#unfollow = inbox.follow(() => this.#schedule());
    this.#heartbeat = setInterval(() => {
      for (const { res, waiting } of this.#readers) if (!waiting) res.write(':\n\n');
    }, HEARTBEAT_MILLIS);
    this.#heartbeat.unref();
  }

  /** @param after id of the last event that the page has seen, when its browser does not say. */
  open(req: IncomingMessage, res: ServerResponse, after: string | null): void {
    if (this.#readers.size >= MAX_READERS) {
      res.writeHead(503).end('Too many pages are open.\n');
      return;
    }
    const [run, next] = String(req.headers['last-event-id'] ?? after ?? '').split('.');
    const known = run === this.#run ? Number(next) : 0;
    const reader: Reader = { res, next: known > 0 ? known : 0, waiting: false };

    res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    res.write('retry: 1000\n');
    const hello = { run: this.#run, maxLogs: this.#maxLogs, version: VERSION };
    res.write(`event: hello\ndata: ${JSON.stringify(hello)}\n\n`);
    res.on('drain', () => {
      reader.waiting = false;
      this.#write(reader);
    });
    res.on('close', () => this.#readers.delete(reader));
    this.#readers.add(reader);
    // Also when there is none: then the page knows that.
    this.#writeEvent(reader);
    this.#write(reader);
  }

  close(): void {
    this.#unfollow();
    clearInterval(this.#heartbeat);
    for (const { res } of this.#readers) res.end();
  }

  /** One event for all logs of a request. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const reader of this.#readers) {
        if (reader.waiting) continue;
        if (reader.next >= this.#inbox.end) this.#writeEvent(reader);
        else this.#write(reader);
      }
    });
  }

  #write(reader: Reader): void {
    while (!reader.waiting && reader.next < this.#inbox.end) this.#writeEvent(reader);
  }

  #writeEvent(reader: Reader): void {
    const { logs, first, end } = this.#inbox;
    const from = Math.max(reader.next, first);
    const to = Math.min(from + LOGS_AN_EVENT, end);
    const summaries = logs
      .slice(from - first, to - first)
      .map((log, index) => summaryOf(log, from + index));
    reader.next = to;
    const data = { first, complete: to === end, logs: summaries };
    const event = `id: ${this.#run}.${to}\nevent: logs\ndata: ${JSON.stringify(data)}\n\n`;
    reader.waiting = !reader.res.write(event);
  }
}
