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

/** In less, a worker thread that has yet to start, or to load what sends, does nothing: on a busy machine. */
const WORTH_STARTING_MILLIS = 1000;

/** So long a worker thread may take to start, where logs can be kept in files without it. */
export function startingMillis({ boundMillis }: FinalFlush): number {
  return boundMillis < WORTH_STARTING_MILLIS ? 0 : boundMillis / 2;
}

/**
 * Whether a worker thread can send, or keep, what it is given now.
 *
 * @param isReady whether it has started.
 * @param hasSent whether it has sent before, and so has loaded what that takes.
 */
export function isTimeForWorker(
  { boundMillis, retryMillis }: FinalFlush,
  isReady: boolean,
  hasSent: boolean,
): boolean {
  // With 0 the process is not held up at all, for files neither.
  if (retryMillis <= 0) return true;
  if (hasSent) return boundMillis > 2 * REPORTING_MILLIS;
  return isReady && boundMillis >= WORTH_STARTING_MILLIS;
}
