import { clearTimeout, setTimeout } from 'node:timers';
import type { Reporter } from '../../options/warnings';
import type { MetricsClient, SendResult } from '../client/metrics-client';
import { RequestBody } from '../client/request-body';
import type { PipelineObserver } from '../pipeline';
import type { Spool, SpooledBatch } from './spool';

/** Milliseconds after which the directory is looked at again, because other processes may have left logs there. */
const LOOK_AGAIN_MILLIS = 60_000;

/** Keeps logs in `spoolDirectory`, and sends those that are there when the server answers. */
export class Spooling {
  readonly #spool: Spool;
  readonly #client: MetricsClient;
  readonly #observer: PipelineObserver;
  readonly #reporter: Reporter;
  #emptyUntil = 0;
  /** `performance.now()` until which the server wants to be left alone. */
  #quietUntil = 0;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(spool: Spool, client: MetricsClient, observer: PipelineObserver, reporter: Reporter) {
    this.#spool = spool;
    this.#client = client;
    this.#observer = observer;
    this.#reporter = reporter;
  }

  /** @param logs UTF-8 of each log's JSON, filtered. */
  keep(logs: readonly Buffer[]): 'spooled' | 'spool_full' | 'spool_failed' {
    const result = this.#spool.keep(logs);
    if (result === 'spooled') this.#emptyUntil = 0;
    return result === 'spooled' ? 'spooled' : `spool_${result}`;
  }

  /** The server takes logs: the time to send what is there. */
  serverAnswers(): void {
    if (this.#closed || this.#sending !== undefined || this.#waits()) return;
    clearTimeout(this.#timer);
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #waits(): boolean {
    const now = performance.now();
    return now < this.#emptyUntil || now < this.#quietUntil;
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const batch = this.#closed ? undefined : this.#spool.take();
      if (batch === undefined) {
        this.#emptyUntil = performance.now() + LOOK_AGAIN_MILLIS;
        return;
      }
      if (await this.#send(batch)) continue;
      // Nothing else may be sent for hours, so nobody would notice that the server is back.
      const delay = Math.max(LOOK_AGAIN_MILLIS, this.#quietUntil - performance.now());
      this.#timer = setTimeout(() => this.serverAnswers(), delay).unref();
      return;
    }
  }

  /** @returns false when there is no point in sending more now. */
  async #send(batch: SpooledBatch): Promise<boolean> {
    let result: SendResult;
    try {
      result = await this.#client.send(RequestBody.of(batch.logs));
    } catch {
      result = { kind: 'retryable', reason: 'internal error' };
    }
    if (result.kind === 'success') {
      batch.delivered();
      this.#observer.onRecovered(batch.logs.length);
      return true;
    }
    if (result.kind === 'retryable' || result.cause === 'unauthorized') {
      batch.putBack();
      const pause = result.kind === 'retryable' ? result.retryInMillis : undefined;
      if (pause !== undefined) this.#quietUntil = performance.now() + pause;
      return false;
    }
    this.#reporter.diagOnce(
      'spool:rejected',
      `logs of spoolDirectory were set aside: ${result.reason}`,
    );
    batch.setAside();
    return true;
  }
}
