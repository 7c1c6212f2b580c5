import type { MessagePort } from 'node:worker_threads';
import type { ProbeResult } from '../client/probe';
import type { Outcome } from '../pipeline';
import type { PipelineSettings } from '../pipeline-settings';
import type { RecordBatch } from './record-batch';

/** What a worker thread is started with. */
export interface WorkerStart {
  /** Of the package that starts it: its code may come from elsewhere. */
  readonly version: string;
  readonly settings: PipelineSettings;
  readonly port: MessagePort;
  /** What a blocked thread waits for, at {@link SIGNAL}. */
  readonly signals: Int32Array;
}

/** Places in the memory that both threads share. */
export const SIGNAL = {
  /** The highest id of a `flush` that is done. */
  flushed: 0,
  /** 1 when the worker listens. */
  ready: 1,
} as const;

export type ToWorker =
  /** Logs are numbered in the order in which they are sent, from 0. */
  | { readonly kind: 'logs'; readonly batch: RecordBatch }
  | { readonly kind: 'start' }
  /** `endAt` by the clock of {@link monotonicMillis}: it may take a while until the thread has started. */
  | {
      readonly kind: 'flush';
      readonly id: number;
      readonly endAt: number;
      readonly retryMillis: number;
    }
  /** Whom the main thread trusts, as PEM; `undefined` where the application cannot have changed that. */
  | { readonly kind: 'certificates'; readonly certificates: readonly string[] | undefined }
  | { readonly kind: 'probe' }
  | { readonly kind: 'close' };

/** What has happened since it was told last: gathered, because each message interrupts the application. */
export interface WorkerReport {
  readonly kind: 'report';
  /** Number of a log, outcome, number, outcome, …. */
  readonly outcomes: (number | Outcome)[];
  /** Milliseconds of a request to the metrics server, result, milliseconds, result, …. */
  readonly requests: (number | string)[];
  /** Why the last request of those failed, if one did. */
  failure: string | undefined;
  /** Bodies that were withheld. */
  withheld: number;
  /** Logs of `spoolDirectory` that were delivered. */
  recovered: number;
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | WorkerReport
  | {
      readonly kind: 'warnOnce' | 'diagOnce' | 'debug';
      readonly key: string;
      readonly message: string;
    }
  | { readonly kind: 'flushed'; readonly id: number };

/** Asks the main thread for something, or answers what only the doctor asks. */
export type WorkerRequest =
  | { readonly kind: 'certificatesWanted' }
  | { readonly kind: 'probed'; readonly result: ProbeResult };

/** Milliseconds of a clock that all threads of a process share and nobody sets, unlike those of `performance`. */
export function monotonicMillis(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
