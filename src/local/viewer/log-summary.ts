import type { ReceivedLog } from '../received-log';

/**
 * What the list of the page shows of a log, and what it searches at once. All of it has been
 * checked: a log may come from any client, with anything in it.
 */
export interface LogSummary {
  /** Number of the log in the inbox. */
  n: number;
  /** `_id`, the same when a client sends a log again. */
  id: string;
  /** Milliseconds since the Unix epoch at which the exchange began; NaN (null in JSON): unknown. */
  at: number;
  method: string;
  /** 0: no response head was sent. */
  status: number;
  url: string;
  /** Path and query of the URL. */
  path: string;
  /** Path of the route; the empty string when it says no more than the path does. */
  route: string;
  /** Milliseconds. */
  time: number;
  group: string;
  label: string;
  email: string;
  development: boolean;
  /** Holds the trace id, and that the exchange was aborted. */
  comment: string;
}

/** Characters of a text that go into a summary; 10,000 of them are sent to each page. */
const MAX_TEXT = 500;

export function summaryOf(log: ReceivedLog, n: number): LogSummary {
  const entry = objectOf(log.request.log.entries[0]);
  const request = objectOf(entry.request);
  const url = text(request.url);
  const path = pathOf(url);
  const route = pathOf(text(entry.pageref));
  return {
    n,
    id: text(log._id),
    at: Date.parse(text(entry.startedDateTime)),
    method: text(request.method).slice(0, 20),
    status: number(objectOf(entry.response).status),
    url,
    path,
    route: route === path.split('?', 1)[0] ? '' : route,
    time: number(entry.time),
    group: text(log.group.id),
    label: text(log.group.label),
    email: text(log.group.email),
    development: log.development === true,
    comment: text(entry.comment),
  };
}

/** A route, such as `/letters/:id`, is not to be percent-encoded, as URL would. */
function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '') || url;
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : '';
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
