import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type LogStats, ReadmeInstrumentation, type ReadmeOptions } from '../../src/index';
import {
  type LocalMetricsServer,
  type ReceivedLog,
  startLocalMetricsServer,
} from '../../src/local/metrics-server';
import { validateHarLog } from './har-schema';
import { rounds } from './patience';

export const API_KEY = 'rdme_test_0123456789abcdef';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A ReadmeInstrumentation and the local metrics server to which it sends. */
export interface Observer {
  readonly metrics: LocalMetricsServer;
  readonly instrumentation: ReadmeInstrumentation;
  /** All logs received so far, when everything that has ended has been delivered; each is valid HAR 1.2. */
  logs(): Promise<ReceivedLog[]>;
  stop(): Promise<void>;
}

export async function startObserver(options: ReadmeOptions = {}): Promise<Observer> {
  const metrics = await startLocalMetricsServer();
  const instrumentation = new ReadmeInstrumentation({
    apiKey: API_KEY,
    metricsServer: metrics.url,
    ...options,
  });
  return {
    metrics,
    instrumentation,
    async logs() {
      // The end of an exchange reaches the client before it reaches the server's own `close`.
      await rounds();
      await instrumentation.forceFlush();
      assertValid(metrics.logs);
      return [...metrics.logs];
    },
    async stop() {
      await instrumentation.shutdown();
      await metrics.close();
    },
  };
}

/** Throws with the errors of the HAR schema when a log's `request` is not valid HAR 1.2. */
export function assertValid(logs: readonly ReceivedLog[]): void {
  for (const log of logs) {
    const errors = validateHarLog(log.request);
    if (errors.length > 0)
      throw new Error(`not HAR 1.2: ${errors.join('; ')}\n${JSON.stringify(log)}`);
  }
}

/** The one entry of a log. */
export function entryOf(
  log: ReceivedLog | undefined,
): ReceivedLog['request']['log']['entries'][number] {
  const entry = log?.request.log.entries[0];
  if (entry === undefined) throw new Error('there is no log');
  return entry;
}

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

export async function serve(
  handler: Handler,
): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer(handler);
  const port = await listen(server);
  return { port, close: () => closeServer(server) };
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** What became of the logs of an instrumentation, a processor or an exporter. */
export function outcomes(observer: { stats(): LogStats }): Pick<LogStats, 'delivered' | 'dropped'> {
  const { delivered, dropped } = observer.stats();
  return { delivered, dropped };
}
