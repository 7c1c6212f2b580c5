/** Why a log that was due did not arrive at ReadMe. */
export type DropReason =
  /** The grouping function (or `setReadmeGroup`) gave something that is no group. */
  | 'group_invalid'
  /** The grouping function threw or its promise was rejected. */
  | 'group_failed'
  /** The grouping promise was still pending when a plain BatchSpanProcessor took the span, or at shutdown. */
  | 'group_pending'
  /** The span ended before the response did (an `error` on it, or a synchronous throw), without ReadmeSpanProcessor. */
  | 'span_ended_early'
  /** The connection went away and HttpInstrumentation never ended the span (a pipelined request). */
  | 'span_unfinished'
  /** Hooks and ReadmeSpanProcessor were given different lists: what one denies must not leave by the other. */
  | 'lists_differ'
  /** The span's limits cut or dropped attributes that a log cannot do without. */
  | 'span_limits'
  /** `maxBufferedBytes` was used up. */
  | 'buffer_full'
  /** ReadMe refused the API key; also: it was refused less than 15 s ago. */
  | 'unauthorized'
  /** ReadMe rejected the log (4xx other than 401, 403, 408, 413, 425, 429; or 3xx). */
  | 'rejected'
  /** Larger than the server takes, even without its bodies. */
  | 'too_large'
  /** ReadMe could not be reached, or answered 408, 425, 429 or 5xx, until `retryTimeoutMillis` was over. */
  | 'unavailable'
  /** The process ended, or `shutdown()` was called, before the log could be delivered (`exitTimeoutMillis`). */
  | 'shutdown_timeout'
  /** The worker thread that had the log ended unexpectedly. */
  | 'worker_crashed'
  /** It was to be written to `spoolDirectory`, where `spoolMaxBytes` was used up. */
  | 'spool_full'
  /** It was to be written to `spoolDirectory`, which failed. */
  | 'spool_failed'
  /** The log was made after `shutdown()`. */
  | 'after_shutdown'
  /** A defect of this package. */
  | 'internal_error';
