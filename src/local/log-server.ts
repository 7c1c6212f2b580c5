import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { markLocalMetricsServer } from '../capture/local-servers';
import type { LocalMetricsServer, LocalMetricsServerOptions } from './local-metrics-server';
import { LogInbox } from './log-inbox';
import {
  type AnsweredRequest,
  answerMetricsRequest,
  type LocalAnswer,
  type ReceivedRequest,
} from './metrics-protocol';
import { parsedBytes } from './parsed-size';
import type { ReceivedLog } from './received-log';
import type { LogFile } from './viewer/log-file';
import { createViewer } from './viewer/viewer';

/** The longest delay that setTimeout keeps to, in milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Bytes of memory in which a server with a viewer keeps logs: it may run for days. */
const MAX_VIEWER_BYTES = 256 * 1024 * 1024;
/** And requests, with their header fields of up to 16 KiB each. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** Above what applications and browser tabs need; each may hold a body of 10 MiB. */
const MAX_VIEWER_CONNECTIONS = 128;

/**
 * Does what startLocalMetricsServer promises.
 *
 * @param file where logs outlive the process; those that are in it already are the first ones.
 */
export async function startLogServer(
  options: LocalMetricsServerOptions,
  file?: LogFile,
): Promise<LocalMetricsServer> {
  const { port = 0, delayMillis = 0, status = 202, maxLogs = 10_000, viewer = false } = options;
  const { onLog, baseUrl = 'https://docs.example.com' } = options;
  if (!Number.isInteger(maxLogs) || maxLogs < 1) {
    throw new RangeError(`maxLogs must be a whole number above 0, not ${maxLogs}`);
  }
  if (!(delayMillis >= 0 && delayMillis <= MAX_TIMEOUT)) {
    throw new RangeError(`delayMillis must be from 0 to ${MAX_TIMEOUT}, not ${delayMillis}`);
  }

  const inbox = new LogInbox(maxLogs, viewer ? MAX_VIEWER_BYTES : undefined);
  const requests: AnsweredRequest[] = [];
  // Without a viewer a server is for tests, and has no bound but `maxLogs`.
  const keep = (log: ReceivedLog) => inbox.add(log, viewer ? parsedBytes(log) : 0);
  file?.read(keep);

  const judge = (request: ReceivedRequest, logs: ReceivedLog[]): LocalAnswer => {
    const verdict = typeof status === 'function' ? status(request, logs) : status;
    const answer = typeof verdict === 'number' ? { status: verdict } : verdict;
    if (answer.status >= 200 && answer.status < 300) {
      file?.append(logs);
      for (const log of logs) {
        keep(log);
        onLog?.(log);
      }
    }
    return answer;
  };
  const requestSizes: number[] = [];
  let requestBytes = 0;
  const record = (request: AnsweredRequest) => {
    requests.push(request);
    requestSizes.push(viewer ? parsedBytes(request) : 0);
    requestBytes += requestSizes.at(-1) as number;
    while (requests.length > maxLogs || requestBytes > MAX_REQUEST_BYTES) {
      requests.shift();
      requestBytes -= requestSizes.shift() as number;
    }
  };
  const clear = () => {
    inbox.clear();
    requests.length = 0;
    requestSizes.length = 0;
    requestBytes = 0;
    file?.clear();
  };

  const page = viewer ? createViewer(inbox, { maxLogs, clear }) : undefined;
  const server = createServer((req, res) => {
    if (page?.answer(req, res) === true) return;
    answerMetricsRequest(req, res, { judge, record, delayMillis, baseUrl });
  });
  if (viewer) server.maxConnections = MAX_VIEWER_CONNECTIONS;
  markLocalMetricsServer(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

  let closed: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    logs: inbox.logs,
    requests,
    get droppedLogs() {
      return inbox.dropped;
    },
    waitForLogs: (count, timeout = 5_000) =>
      inbox.waitFor(
        count,
        typeof timeout === 'object' && timeout !== null
          ? (timeout.timeoutMillis ?? 5_000)
          : timeout,
      ),
    clear,
    close: () => {
      closed ??= new Promise((resolve) => {
        inbox.close();
        page?.close();
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}
