import { Readable } from 'node:stream';
import { VERSION } from '../../version';
import type { ReceivedLog } from '../received-log';

/**
 * Logs as the text of a HAR 1.2 file, which the developer tools of browsers open.
 *
 * In HAR `pageref` is the id of a page, and these requests are of none: what ReadMe reads there goes
 * into `_route`, as the specification has it for fields of one's own. There is one page all the same, from whose
 * beginning WebKit counts: its importer refuses a file without.
 */
export function harText(logs: ReceivedLog[]): Readable {
  return Readable.from(textOf(logs), { objectMode: false, highWaterMark: 256 * 1024 });
}

function* textOf(logs: ReceivedLog[]): Generator<string> {
  const creator = { name: 'readme-metrics-opentelemetry', version: VERSION };
  const pages = JSON.stringify(pagesOf(logs));
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"pages":${pages},"entries":[`;
  for (const [index, log] of logs.entries()) {
    const { pageref, ...entry } = log.request.log.entries[0];
    yield `${index === 0 ? '' : ','}\n${JSON.stringify({ ...entry, _route: pageref })}`;
  }
  yield '\n]}}\n';
}

/** None without logs: a page has a time. */
function pagesOf(logs: ReceivedLog[]): object[] {
  // Any client may have sent a log, with any text for a time; those of ISO 8601 sort as they are.
  const times = logs
    .map((log) => log.request.log.entries[0].startedDateTime)
    .filter((time) => typeof time === 'string' && !Number.isNaN(Date.parse(time)));
  if (times.length === 0) return [];
  const startedDateTime = times.reduce((first, time) => (time < first ? time : first));
  return [{ startedDateTime, id: 'logs', title: 'Logs of ReadMe Metrics', pageTimings: {} }];
}
