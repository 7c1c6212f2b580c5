/** How much time the end of a process leaves for the last logs, and who gets how much of it. */
export interface FinalFlush {
  /** Milliseconds after which everything that is left is given up. */
  readonly boundMillis: number;
  /** Milliseconds for which failed requests are repeated. */
  readonly retryMillis: number;
}

/** Of the whole, so much is kept for the worker to report what became of the logs. */
export const REPORTING_MILLIS = 50;
/** Of what is left, the share that is kept for making the rest of the logs and writing them to files. */
export const SPOOLING_SHARE = 0.25;
