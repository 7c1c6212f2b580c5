import type { LocalMetricsServer, LocalMetricsServerOptions } from './local-metrics-server';
import { startLogServer } from './log-server';

export type { LocalMetricsServer, LocalMetricsServerOptions } from './local-metrics-server';
export type { AnsweredRequest, LocalAnswer, ReceivedRequest } from './metrics-protocol';
export type { ReceivedEntry, ReceivedLog } from './received-log';

/**
 * Starts a stand-in for ReadMe's metrics server on 127.0.0.1, for tests and for a look at your logs
 * before they go anywhere. It answers `POST /v1/request` as ReadMe does, with these refusals: 400 for
 * a body that is not a JSON array of logs, 401 without an API key, 413 above 10 MiB, or
 * 128 MiB of memory once parsed. Its own exchanges are never logged. Call `close()` when done: the server keeps the process alive.
 *
 * What `status` or `onLog` throws becomes an uncaught exception, after an answer with 500.
 *
 * @throws RangeError when `maxLogs`, `delayMillis` or `port` is out of range.
 * @throws Error (`EADDRINUSE`, `EACCES`) when the port cannot be listened on.
 *
 * @example
 * const metrics = await startLocalMetricsServer();
 * const exporter = new ReadmeSpanExporter({ apiKey: 'test', metricsServer: metrics.url });
 * // … requests to your API …
 * const [log] = await metrics.waitForLogs(1);
 * await metrics.close();
 */
export function startLocalMetricsServer(
  options: LocalMetricsServerOptions = {},
): Promise<LocalMetricsServer> {
  return startLogServer(options);
}
