import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogInbox } from '../log-inbox';
import type { ReceivedLog } from '../received-log';

/** Milliseconds after which a search lets logs be received. */
const SLICE_MILLIS = 8;
const MAX_DEPTH = 12;

/**
 * Answers with the numbers of the logs, from number `from` on, that hold `text` in any value,
 * without regard to case: headers and bodies too, which the page has not got.
 */
export async function searchLogs(
  inbox: LogInbox,
  text: string,
  from: number,
  res: ServerResponse,
): Promise<void> {
  const sought = text.slice(0, 1000).toLowerCase();
  const found: number[] = [];
  let number = Math.max(Number.isInteger(from) ? from : 0, inbox.first);
  let sliceEnd = performance.now() + SLICE_MILLIS;
  while (number < inbox.end && !res.destroyed) {
    const log = inbox.logs[number - inbox.first];
    if (log !== undefined && logHolds(log, sought)) found.push(number);
    number += 1;
    if (performance.now() > sliceEnd) {
      await nextTurn();
      sliceEnd = performance.now() + SLICE_MILLIS;
      // Logs may have been dropped meanwhile.
      number = Math.max(number, inbox.first);
    }
  }
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.end(JSON.stringify({ found, end: number }));
}

function logHolds({ request, clientIPAddress }: ReceivedLog, sought: string): boolean {
  return holds(request.log.entries[0], sought, 0) || holds(clientIPAddress, sought, 0);
}

function holds(value: unknown, sought: string, depth: number): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(sought);
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return false;
  return Object.values(value).some((member) => holds(member, sought, depth + 1));
}
