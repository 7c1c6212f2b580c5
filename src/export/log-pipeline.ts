import type { LossCause } from '../options/loss-cause';
import { debug, nameOf, type Warnings } from '../options/warnings';
import type { SpanRecord } from '../spans/span-record';
import { type LogBatch, LogQueue, type ReadyLog } from './log-queue';
import type { MetricsClient, SendResult } from './metrics-client';
import { buildLog, type LogSettings, type ReadmeLog, withoutBodies } from './readme-log';

/** Called once for each record: `undefined` when its log was delivered, else why it was not. */
export type Settled = (cause: LossCause | undefined) => void;

interface Waiting {
  readonly record: SpanRecord;
  readonly settled: Settled;
}

export interface LogPipelineOptions {
  readonly settings: LogSettings;
  readonly client: MetricsClient;
  readonly warnings: Warnings;
  /** Requests that may be in flight at a time, so that a slow server does not cap throughput. */
  readonly requestsInFlight: number;
}

/** After so many milliseconds of work the event loop gets its turn. */
const WORK_SLICE_MILLIS = 5;
/** After the server has refused the key, nothing is sent for so long. */
const UNAUTHORIZED_PAUSE_MILLIS = 15_000;

/**
 * Turns records into logs and sends them: the part of the way that does not need the request's thread.
 * It takes plain records, works in slices of 5 ms, and fills requests by count and bytes.
 */
export class LogPipeline {
  readonly #options: LogPipelineOptions;
  readonly #ready = new LogQueue();
  #waiting: Waiting[] = [];
  #next = 0;
  #working = false;
  #inFlight = 0;
  #pausedUntil = 0;
  #idle: (() => void)[] = [];

  constructor(options: LogPipelineOptions) {
    this.#options = options;
  }

  /** Takes a record on; it is sent with what else is waiting, at the latest when the event loop is free. */
  add(record: SpanRecord, settled: Settled): void {
    this.#waiting.push({ record, settled });
    this.#schedule();
  }

  /** Resolves when nothing is waiting or in flight any more. */
  flush(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  close(): Promise<void> {
    return this.#options.client.close();
  }

  #schedule(): void {
    if (this.#working || this.#waiting.length === 0) return;
    this.#working = true;
    setImmediate(() => this.#work());
  }

  #work(): void {
    this.#working = false;
    const started = performance.now();
    while (this.#next < this.#waiting.length && !this.#ready.hasEnough) {
      if (performance.now() - started > WORK_SLICE_MILLIS) break;
      const { record, settled } = this.#takeWaiting();
      this.#build(record, settled);
      if (this.#ready.hasFullBatch) this.#send();
    }
    // Whatever is left of a slice that was cut short goes out with what the next one makes.
    if (this.#waiting.length === 0) this.#send();
    if (!this.#ready.hasEnough) this.#schedule();
    this.#tellIdle();
  }

  /** Array.prototype.shift moves all that follows, which a long queue cannot afford for every record. */
  #takeWaiting(): Waiting {
    const waiting = this.#waiting[this.#next++] as Waiting;
    if (this.#next === this.#waiting.length || this.#next === 1024) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
    return waiting;
  }

  #build(record: SpanRecord, settled: Settled): void {
    try {
      this.#ready.add({ json: jsonOf(buildLog(record, this.#options.settings)), settled });
    } catch (error) {
      // What could not be filtered must not be sent; its message might hold some of it.
      this.#options.warnings.diagOnce(
        'a log could not be built',
        `a log could not be built: ${nameOf(error)}`,
      );
      settled('internal_error');
    }
  }

  #send(): void {
    while (this.#ready.length > 0) {
      if (Date.now() < this.#pausedUntil) {
        for (const log of this.#ready.takeAll()) log.settled('unauthorized');
        return;
      }
      if (this.#inFlight >= this.#options.requestsInFlight) return;
      void this.#sendBatch(this.#ready.takeBatch());
    }
  }

  async #sendBatch(batch: LogBatch): Promise<void> {
    this.#inFlight++;
    try {
      const result = await this.#options.client.send(batch.map((log) => log.json));
      this.#settle(batch, result);
    } catch (error) {
      this.#options.warnings.diagOnce('sending failed', `sending failed: ${nameOf(error)}`);
      for (const log of batch) log.settled('internal_error');
    } finally {
      this.#inFlight--;
      this.#send();
      this.#schedule();
      this.#tellIdle();
    }
  }

  #settle(batch: LogBatch, result: SendResult): void {
    if (result.kind === 'success') {
      for (const log of batch) log.settled(undefined);
      return;
    }
    if (result.kind === 'rejected' && result.cause === 'too_large') {
      this.#makeSmaller(batch);
      return;
    }
    const cause = result.kind === 'retryable' ? 'unavailable' : result.cause;
    if (cause === 'unauthorized') this.#pause(result.reason);
    else
      this.#options.warnings.diagOnce(`send:${cause}`, `logs were not delivered: ${result.reason}`);
    debug(`${batch.length} logs lost: ${result.reason}`);
    for (const log of batch) log.settled(cause);
  }

  #pause(reason: string): void {
    this.#pausedUntil = Date.now() + UNAUTHORIZED_PAUSE_MILLIS;
    this.#options.warnings.warnOnce(
      'README_API_KEY_REJECTED',
      `ReadMe rejected the API key: ${reason}. Logs are dropped until it is accepted. Check the option apiKey (README_API_KEY).`,
    );
  }

  /** Halves a request that was too large; a single log loses its bodies, then itself. */
  #makeSmaller(batch: LogBatch): void {
    if (batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      void this.#sendBatch(batch.slice(0, middle));
      void this.#sendBatch(batch.slice(middle));
      return;
    }
    const log = batch[0] as ReadyLog;
    if (log.stripped) {
      log.settled('too_large');
      return;
    }
    const json = jsonOf(withoutBodies(JSON.parse(log.json.toString()) as ReadmeLog));
    void this.#sendBatch([{ json, settled: log.settled, stripped: true }]);
  }

  #isIdle(): boolean {
    return this.#waiting.length === 0 && this.#ready.length === 0 && this.#inFlight === 0;
  }

  #tellIdle(): void {
    if (!this.#isIdle()) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** Encoded once: its length fills requests, and a request is put together by copying bytes. */
function jsonOf(log: ReadmeLog): Buffer {
  return Buffer.from(JSON.stringify(log), 'utf8');
}
