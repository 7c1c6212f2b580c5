import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { LogInbox } from '../log-inbox';
import type { ReceivedLog } from '../received-log';
import { refusalOf } from './guard';
import { harText } from './har-file';
import { searchLogs } from './log-search';
import { LogStream } from './log-stream';
import { readPageFiles, setSafeHeaders } from './page-files';

export interface Viewer {
  /** Answers what is meant for the viewer, or must be refused; false for what is not its concern. */
  answer(req: IncomingMessage, res: ServerResponse): boolean;
  /** Ends the streams of all pages. */
  close(): void;
}

export interface ViewerSettings {
  maxLogs: number;
  /** Called when the reader of the page clears it. */
  clear: () => void;
}

/** What the protocol of ReadMe's metrics server owns. */
const METRICS_PATH = /^\/(v1|api)\//;
const ONE_LOG = /^\/viewer\/logs\/(\d{1,15})(\.har)?$/;

/** The page that shows the logs of `inbox`, and what it asks for. */
export function createViewer(inbox: LogInbox, settings: ViewerSettings): Viewer {
  const files = readPageFiles();
  const stream = new LogStream(inbox, settings.maxLogs);

  const answer = (req: IncomingMessage, res: ServerResponse): boolean => {
    const [pathname = '/', query] = (req.url ?? '/').split('?', 2);
    const refusal = refusalOf(req, pathname);
    if (refusal !== undefined) {
      // Unread, a body would keep the answer from the client.
      req.resume();
      sendText(res, 403, refusal);
      return true;
    }
    if (METRICS_PATH.test(pathname)) return false;

    setSafeHeaders(res);
    req.resume();
    if (req.method === 'DELETE' && pathname === '/viewer/logs') {
      settings.clear();
      res.writeHead(204).end();
      return true;
    }
    if (req.method !== 'GET') {
      res.setHeader('Allow', 'GET');
      sendText(res, 405, 'Only GET is allowed here.');
      return true;
    }

    const parameters = new URLSearchParams(query);
    const file = files.get(pathname);
    const [, number, har] = ONE_LOG.exec(pathname) ?? [];
    if (file !== undefined) {
      res.setHeader('Content-Type', file.type);
      res.end(file.content);
    } else if (pathname === '/viewer/events') {
      stream.open(req, res, parameters.get('after'));
    } else if (pathname === '/viewer/search') {
      const from = Number(parameters.get('from') ?? 0);
      searchLogs(inbox, parameters.get('q') ?? '', from, res);
    } else if (pathname === '/viewer/logs.har') {
      sendHar(res, [...inbox.logs], 'logs.har');
    } else if (number !== undefined) {
      const log = inbox.logs[Number(number) - inbox.first];
      if (log === undefined) sendText(res, 404, 'This log is not kept any more.');
      else if (har !== undefined) sendHar(res, [log], `log-${number}.har`);
      else sendJson(res, log);
    } else {
      sendText(res, 404, 'There is nothing here. The page is at /.');
    }
    return true;
  };
  return { answer, close: () => stream.close() };
}

function sendHar(res: ServerResponse, logs: ReceivedLog[], name: string): void {
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.setHeader('Content-Disposition', `attachment; filename="${name}"`);
  // Entry by entry: all of them together may be as large as what is kept.
  pipeline(harText(logs), res, () => {});
}

function sendJson(res: ServerResponse, value: unknown): void {
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.end(JSON.stringify(value));
}

function sendText(res: ServerResponse, status: number, text: string): void {
  setSafeHeaders(res);
  res.statusCode = status;
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.end(`${text}\n`);
}
