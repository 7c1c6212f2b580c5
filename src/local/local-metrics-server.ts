import type { AnsweredRequest, LocalAnswer, ReceivedRequest } from './metrics-protocol';
import type { ReceivedLog } from './received-log';

export interface LocalMetricsServerOptions {
  /** Port on 127.0.0.1. Default: 0, any free port. */
  port?: number;
  /** Milliseconds between the end of a request and its answer. Default: 0. */
  delayMillis?: number;
  /**
   * The answer to a request that is in order, as a status or as a function that is called once a
   * request, to play a server that is overloaded or down for a while. Logs of a request that is not
   * answered with 2xx are not taken. Default: 202.
   */
  status?: number | ((request: ReceivedRequest, logs: ReceivedLog[]) => number | LocalAnswer);
  /** Called with every log that is taken, in order, before the request is answered. */
  onLog?: (log: ReceivedLog) => void;
  /** Most logs, and most requests, that are kept; the oldest are dropped. Default: 10,000. */
  maxLogs?: number;
  /** The address of the documentation, as told by `GET /api/v1/`. Default: `https://docs.example.com`. */
  baseUrl?: string;
  /**
   * Whether a browser that opens `url` gets a page that shows the logs as they arrive. Then only
   * this machine's own names (127.0.0.1, localhost) are answered, no page of another origin is, and
   * the logs kept take at most 256 MiB of memory. Default: false.
   */
  viewer?: boolean;
}

/** A running stand-in for ReadMe's metrics server. */
export interface LocalMetricsServer {
  /** For instance `http://127.0.0.1:40123`: the value for `metricsServer` or README_METRICS_SERVER. */
  readonly url: string;
  /** The logs that were taken, oldest first: always the same array, to which new logs are added. */
  readonly logs: readonly ReceivedLog[];
  /** The requests to `POST /v1/request`, refused ones too, oldest first: always the same array. */
  readonly requests: readonly AnsweredRequest[];
  /** Logs that were taken and then dropped from `logs` to keep within `maxLogs`. */
  readonly droppedLogs: number;
  /**
   * Resolves with the first `count` logs of `logs`, as soon as there are so many.
   *
   * @param timeout milliseconds to wait at most, as a number or as `{ timeoutMillis }`. Default: 5,000.
   * @throws Error when the time is over or the server is closed; its message says how many logs came.
   * @throws RangeError when `count` is not a whole number from 0 to `maxLogs`.
   * @throws TypeError when `timeout` is no number of milliseconds.
   */
  waitForLogs(
    count: number,
    timeout?: number | { readonly timeoutMillis?: number },
  ): Promise<ReceivedLog[]>;
  /** Forgets all logs and requests. */
  clear(): void;
  /** Stops listening and cuts all connections, also those whose answer is still due. */
  close(): Promise<void>;
}
