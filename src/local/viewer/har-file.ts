import { Readable } from 'node:stream';
import { VERSION } from '../../version';
import type { ReceivedLog } from '../received-log';

/**
 * Logs as the text of a HAR 1.2 file, which the developer tools of browsers open.
 *
 * In HAR `pageref` is the id of a page, and there are no pages here: what ReadMe is told by it goes
 * into `_route`, as the specification has it for fields of one's own.
 */
export function harText(logs: ReceivedLog[]): Readable {
  return Readable.from(textOf(logs), { objectMode: false, highWaterMark: 256 * 1024 });
}

function* textOf(logs: ReceivedLog[]): Generator<string> {
  const creator = { name: 'readme-metrics-opentelemetry', version: VERSION };
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"entries":[`;
  for (const [index, log] of logs.entries()) {
    const { pageref, ...entry } = log.request.log.entries[0];
    yield `${index === 0 ? '' : ','}\n${JSON.stringify({ ...entry, _route: pageref })}`;
  }
  yield '\n]}}\n';
}
