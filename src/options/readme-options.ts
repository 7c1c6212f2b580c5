import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ListEntry } from '../redaction/path';
import type { ProxySettings } from './proxy';

/**
 * Who made a request.
 *
 * @see https://docs.readme.com/main/docs/sending-api-logs-to-readme
 */
export interface ReadmeGroup {
  /** What identifies the caller: an API key or another unique identifier. It leaves the process only masked. */
  apiKey: string | number;
  /** Name that ReadMe shows for the caller. */
  label?: string | undefined;
  /** E-mail address of the caller; ReadMe links it to the user who is logged in to the documentation. */
  email?: string | undefined;
}

/**
 * Says who made a request; called once an exchange, when the response head is written, so that
 * authentication has already happened. `null` or `undefined`: the exchange is not logged.
 *
 * Over HTTP/2 it gets Node's `Http2ServerRequest` and `Http2ServerResponse`. Where the application uses the stream API,
 * which has neither, it gets a `StreamRequest` and a `StreamResponse` with the same members for a head.
 *
 * A promise is awaited in the background. An exception or a rejection: the exchange is not logged; the
 * application notices nothing.
 */
export type GroupingFunction = (
  request: IncomingMessage,
  response: ServerResponse,
) => ReadmeGroup | null | undefined | Promise<ReadmeGroup | null | undefined>;

/** Whom to believe about `X-Forwarded-*`, with the values of Express's `trust proxy`. */
export type TrustProxy =
  | boolean
  | number
  | string
  | readonly string[]
  | ((address: string, hop: number) => boolean);

/**
 * Settings of every part of this package. What is not given in code is read from the environment
 * (`README_API_KEY`, `README_METRICS_SERVER`, and `README_` with the option's name in capitals for the
 * rest); what is in neither has its default.
 */
export interface ReadmeOptions {
  /**
   * API key of your ReadMe project. Required.
   * Environment: `README_API_KEY`.
   */
  apiKey?: string;
  /**
   * Says who made a request: a function, or `./file.js#name` or `package#name` for an export of a
   * CommonJS or ES module, relative to the working directory. Default: {@link groupByApiKey}.
   * Environment: `README_GROUPING_FUNCTION`.
   */
  groupingFunction?: GroupingFunction | string;
  /**
   * Logs that start a send, 1 to 30. Default: 10.
   * Environment: `README_BUFFER_LENGTH`.
   */
  bufferLength?: number;
  /**
   * Whether logs are built, filtered and sent in a worker thread. Where there can be none, and with false,
   * that happens on the main thread, which gets its turn after 5 ms of work. Default: true.
   * Environment: `README_BACKGROUND_WORKER_MODE`.
   */
  backgroundWorkerMode?: boolean;
  /**
   * Marks the logs as made in development. Default: false.
   * Environment: `README_DEVELOPMENT_MODE`.
   */
  developmentMode?: boolean;
  /**
   * Names, paths (`a.b`, `items[].card`, `**.password`) and RegExps whose values are replaced by
   * `[REDACTED]`, in headers, query, forms and JSON. `'@credentials'` stands for the names under which credentials
   * travel, at any depth. Takes precedence over `allowlist`. Default: none.
   * Environment: `README_DENYLIST`, a JSON array or names separated by commas.
   */
  denylist?: readonly ListEntry[];
  /**
   * Names, paths and RegExps that are sent; everything else that has a name is left out. Default: all is sent.
   * Environment: `README_ALLOWLIST`, a JSON array or names separated by commas.
   */
  allowlist?: readonly ListEntry[];
  /**
   * Hosts, with or without port, whose exchanges are logged. Default: all.
   * Environment: `README_ALLOWED_HTTP_HOSTS`, separated by commas.
   */
  allowedHttpHosts?: readonly string[];
  /**
   * Milliseconds after which a request to ReadMe is given up. Default: 3000.
   * Environment: `README_TIMEOUT_MILLIS`.
   */
  timeoutMillis?: number;
  /**
   * Milliseconds for which a log is sent again when ReadMe cannot be reached or answers 408, 425, 429 or
   * any 5xx. Default: 120000.
   * Environment: `README_RETRY_TIMEOUT_MILLIS`.
   */
  retryTimeoutMillis?: number;
  /**
   * Milliseconds that the end of the process may be held up to deliver the last logs; 0: not at all.
   * Default: 1000, which leaves time for the application where its process manager kills after 1.6 s (pm2).
   * Environment: `README_EXIT_TIMEOUT_MILLIS`.
   */
  exitTimeoutMillis?: number;
  /**
   * Directory for logs that could not be delivered because ReadMe was away or the process ended. They are
   * stored as they would be sent, with every list applied, and sent at the next start or when ReadMe answers
   * again. Default: none, such logs are lost.
   * Environment: `README_SPOOL_DIRECTORY`.
   */
  spoolDirectory?: string;
  /**
   * Bytes that the files in `spoolDirectory` may hold. Default: 67,108,864.
   * Environment: `README_SPOOL_MAX_BYTES`.
   */
  spoolMaxBytes?: number;
  /**
   * Milliseconds after which a log in `spoolDirectory` is deleted instead of sent. Default: 86,400,000, a day.
   * Environment: `README_SPOOL_MAX_AGE_MILLIS`.
   */
  spoolMaxAgeMillis?: number;
  /**
   * Prints logs to the standard output, one a line, with every list applied, instead of sending them;
   * `apiKey` is then not needed. Default: false.
   * Environment: `README_DRY_RUN`.
   */
  dryRun?: boolean;
  /**
   * URL of your documentation: responses get `x-documentation-url: <baseLogUrl>/logs/<id>`.
   * `"auto"` asks ReadMe for it once, in the background. Default: no header.
   * Environment: `README_BASE_LOG_URL`.
   */
  baseLogUrl?: string;
  /**
   * Proxies whose `X-Forwarded-For`, `-Host` and `-Proto` are believed, as Express's `trust proxy`.
   * Default: false.
   * Environment: `README_TRUST_PROXY`.
   */
  trustProxy?: TrustProxy;
  /**
   * Bytes kept of one body; of a longer one the beginning is logged, marked as truncated.
   * Default: 1,048,576.
   * Environment: `README_MAX_BODY_BYTES`.
   */
  maxBodyBytes?: number;
  /**
   * Whether bodies and uploaded files that nobody reads in a log (images, audio, video, fonts, archives,
   * PDF) are sent too, as base64. Default: false; size and type are sent all the same.
   * Environment: `README_LOG_BINARY_BODIES`.
   */
  logBinaryBodies?: boolean;
  /**
   * Whether {@link readmeHttpHooks} apply the lists before they put an exchange on its span, so that no other
   * exporter and no Collector sees what they hide. Default: false, the lists are applied by who sends to ReadMe.
   * Environment: `README_FILTER_SPANS`.
   */
  filterSpans?: boolean;
  /**
   * Bytes that all captured exchanges of the process may hold until they are delivered. When they are used
   * up, exchanges lose their bodies, then logs are dropped and counted. Default: 67,108,864.
   * Environment: `README_MAX_BUFFERED_BYTES`.
   */
  maxBufferedBytes?: number;
  /**
   * Milliseconds after which logs are sent even if there are fewer than `bufferLength`. Default: 2000.
   * Environment: `README_FLUSH_INTERVAL_MILLIS`.
   */
  flushIntervalMillis?: number;
  /**
   * Origin of the metrics server. Default: `https://metrics.readme.io`.
   * Environment: `README_METRICS_SERVER`.
   */
  metricsServer?: string;
  /**
   * Origin of ReadMe's API, asked when `baseLogUrl` is `"auto"`. Default: `https://dash.readme.com`.
   * Environment: `README_DASH_SERVER`.
   */
  dashServer?: string;
  /**
   * HTTP proxy for requests to ReadMe: its URL, which may hold credentials; `"environment"` for those of
   * HTTPS_PROXY and HTTP_PROXY; or `"none"`. Hosts in NO_PROXY are asked directly. Default: the environment's
   * where Node.js is told to use them (NODE_USE_ENV_PROXY=1, `--use-env-proxy`), else none.
   * Environment: `README_PROXY`.
   */
  proxy?: string;
}

/** {@link ReadmeOptions} with every default filled in and every value checked. */
export interface ResolvedOptions {
  readonly apiKey: string;
  /** A function, or the specifier of one that is to be loaded. */
  readonly groupingFunction: GroupingFunction | string;
  readonly bufferLength: number;
  readonly backgroundWorkerMode: boolean;
  readonly developmentMode: boolean;
  readonly denylist: readonly ListEntry[] | undefined;
  readonly allowlist: readonly ListEntry[] | undefined;
  readonly allowedHttpHosts: readonly string[] | undefined;
  readonly timeoutMillis: number;
  readonly retryTimeoutMillis: number;
  readonly exitTimeoutMillis: number;
  readonly spoolDirectory: string | undefined;
  readonly spoolMaxBytes: number;
  readonly spoolMaxAgeMillis: number;
  readonly dryRun: boolean;
  readonly baseLogUrl: string | undefined;
  readonly trustProxy: TrustProxy;
  readonly maxBodyBytes: number;
  readonly logBinaryBodies: boolean;
  readonly filterSpans: boolean;
  readonly maxBufferedBytes: number;
  readonly flushIntervalMillis: number;
  readonly metricsServer: string;
  readonly dashServer: string;
  readonly proxy: ProxySettings | undefined;
}
