import type { DropReason } from '../record/drop-reason';
import type { FinalFlush } from './exit/final-flush';

/** What became of a log: delivered, kept in `spoolDirectory` to be sent later, or lost, and why. */
export type Outcome = 'delivered' | 'spooled' | DropReason;

/** A log on its way to ReadMe. */
export interface PendingLog {
  /** What it is made of; empty once another thread has it. */
  record: Uint8Array;
  /** Called once. */
  onResult(outcome: Outcome): void;
}

/** What there is to count besides what became of the logs. */
export interface PipelineObserver {
  /**
   * @param millis duration of one request to the metrics server.
   * @param result `success`, `retryable`, or why it was rejected.
   */
  onRequest(millis: number, result: string): void;
  /** @param reason why the server did not take the logs of a request; for a message. */
  onFailure(reason: string): void;
  /** @param bodies that were replaced because they could not be filtered. */
  onWithheld(bodies: number): void;
  /** @param logs of `spoolDirectory` that are delivered now. */
  onRecovered(logs: number): void;
}

/** Makes logs and sends them, on this thread or on another one. */
export interface Pipeline {
  add(logs: readonly PendingLog[]): void;
  /** Begins with what is in `spoolDirectory`, though there is no log yet. */
  start(): void;
  /**
   * The process is about to end: what waits for another try is sent now, and what is not delivered in
   * time is kept in `spoolDirectory` or lost.
   *
   * @returns a promise that resolves when every log is settled.
   */
  flushBeforeExit(flush: FinalFlush): Promise<void>;
  /** The same in an `exit` handler, where there is no event loop any more: blocks until every log is settled. */
  flushSync(flush: FinalFlush): void;
  /** Closes connections, and the thread; what is still there is lost. */
  close(): Promise<void>;
}
