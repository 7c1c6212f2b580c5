import { validUri } from '../../src/har/uri';
import type { ReceivedLog } from '../../src/local/metrics-server';
import { validateHarLog } from '../support/har-schema';
import { entryOf } from '../support/observe';
import type { Outcome, Seen } from './arena';
import type { FuzzExchange } from './exchanges';
import type { SentRequest } from './requests';
import { type ParsedResponse, parseResponses } from './responses';

export const MAX_BODY_BYTES = 8192;

/** Logs by the path that they are of. */
export function byPath(logs: readonly ReceivedLog[]): Map<string, ReceivedLog[]> {
  const found = new Map<string, ReceivedLog[]>();
  for (const log of logs) {
    const path = entryOf(log).request.url.replace(/^https?:\/\/[^/]*/, '');
    found.set(path, [...(found.get(path) ?? []), log]);
  }
  return found;
}

/** What is wrong with the logs of an exchange, by what was sent, seen and received; nothing if all is right. */
export function faultsOf(
  { requests }: FuzzExchange,
  outcome: Outcome,
  logs: ReadonlyMap<string, ReceivedLog[]>,
): string[] {
  const { text, ending, gaveUp } = outcome.client;
  const methods = requests.map(({ sent }) => sent.method);
  const answers = parseResponses(text, methods, ending === 'end' && !gaveUp);
  return requests.flatMap(({ sent }, index) => {
    const found = logs.get(validUri(outcome.paths[index] as string)) ?? [];
    const seen = outcome.seen[index];
    const expected = seen === undefined || sent.method === 'OPTIONS' ? 0 : 1;
    if (found.length !== expected) return [`${found.length} logs instead of ${expected}`];
    const [log] = found;
    if (log === undefined || seen === undefined) return [];
    return [
      ...validateHarLog(log.request).map((fault) => `not HAR 1.2: ${fault}`),
      ...requestFaults(sent, seen, log),
      ...responseFaults(seen, answers[index], log),
    ];
  });
}

function requestFaults(sent: SentRequest, seen: Seen, log: ReceivedLog): string[] {
  const { request } = entryOf(log);
  const faults: string[] = [];
  if (request.method !== sent.method) faults.push(`method ${request.method}`);
  if (request.bodySize > sent.body.length)
    faults.push(`request bodySize ${request.bodySize} of ${sent.body.length}`);
  if (seen.readToEnd && request.bodySize !== sent.body.length)
    faults.push(`request read to its end: bodySize ${request.bodySize}, not ${sent.body.length}`);
  if (request.bodySize === 0)
    return request.postData ? [...faults, 'postData without a body'] : faults;
  const { text = '', comment = '' } = request.postData ?? {};
  // The caller has a key, which nobody can look for in what cannot be unpacked.
  const isWithheld = comment.endsWith('withheld: its content-encoding cannot be undone');
  if (isWithheld && sent.coding !== undefined && sent.coding !== 'identity') return faults;
  const isBase64 = comment.startsWith('base64');
  const wire = sent.body.subarray(0, Math.min(request.bodySize, MAX_BODY_BYTES));
  // What could be unpacked is logged unpacked; of part of it that may or may not be so.
  const whole = request.bodySize === sent.body.length && sent.body.length <= MAX_BODY_BYTES;
  const unpacked = sent.plain.length <= MAX_BODY_BYTES && whole && sent.coding !== 'x-unknown';
  const candidates = unpacked ? [sent.plain] : [wire, sent.plain.subarray(0, MAX_BODY_BYTES)];
  const isCut = !unpacked;
  // Of part of a packed body some beginning of the plain one is shown.
  const begins = isCut && beginsWith(sent.plain, text, isBase64);
  if (!begins && !candidates.some((bytes) => shows(text, isBase64, bytes, isCut)))
    faults.push(
      `request body ${JSON.stringify(text.slice(0, 200))} (${comment}) of ${wire.toString('hex').slice(0, 400)}`,
    );
  return faults;
}

function responseFaults(
  seen: Seen,
  answer: ParsedResponse | undefined,
  log: ReceivedLog,
): string[] {
  const { response, comment = '' } = entryOf(log);
  const faults: string[] = [];
  const aborted = /aborted/.test(comment);
  // The head that a response has may never have gone out, and what goes out may be Node's own answer.
  const isExpected = answer === undefined ? [seen.status, 0] : [seen.status, answer.status];
  if (!isExpected.includes(response.status))
    faults.push(`status ${response.status}, not ${seen.status}`);
  // A pipelined response that never got its connection is finished to Node, but nobody received it; one that the
  // application never ended may have gone out all the same, by its length.
  const length = response.headers.find(({ name }) => /^content-length$/i.test(name))?.value;
  const isWhole = answer !== undefined || length === String(response.bodySize);
  if (!aborted && !seen.finished && !isWhole) faults.push('not aborted, though not finished');
  if (aborted && seen.finished && answer !== undefined) faults.push('aborted, though received');
  if (answer === undefined || !seen.finished) return faults;
  if (response.status !== answer.status)
    faults.push(`status ${response.status}, client got ${answer.status}`);
  const bytes = Buffer.from(answer.body, 'latin1');
  if (response.bodySize !== bytes.length)
    faults.push(`response bodySize ${response.bodySize}, client got ${bytes.length}`);
  const { text = '', encoding } = response.content;
  const kept = bytes.subarray(0, MAX_BODY_BYTES);
  if (!shows(text, encoding === 'base64', kept, bytes.length > MAX_BODY_BYTES))
    faults.push(
      `response body ${JSON.stringify(text.slice(0, 200))} (${encoding}) of ${kept.toString('hex').slice(0, 400)}`,
    );
  return faults;
}

/** Whether a text in a log stands for some beginning of these bytes; its last character may be half of one. */
function beginsWith(bytes: Buffer, text: string, isBase64: boolean): boolean {
  if (!isBase64) return bytes.toString().startsWith(text.slice(0, -1));
  const logged = Buffer.from(text, 'base64');
  return bytes.subarray(0, logged.length).equals(logged);
}

/** Whether a text in a log stands for these bytes, or where it was cut for all but a character of them. */
function shows(text: string, isBase64: boolean, bytes: Buffer, cut: boolean): boolean {
  const logged = Buffer.from(text, isBase64 ? 'base64' : 'utf8');
  // A byte order mark says how to read a text, and is no part of it.
  if (/^(fffe|feff|efbbbf)/.test(bytes.subarray(0, 3).toString('hex'))) return true;
  if (logged.equals(bytes)) return true;
  return cut && logged.length > bytes.length - 4 && bytes.subarray(0, logged.length).equals(logged);
}
