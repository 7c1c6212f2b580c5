import type { RecordContents } from '../record/read-record';
import { readStreamReset } from '../record/stream-reset';

/** The last millisecond that ISO 8601 writes with four digits of year. */
const END_OF_YEAR_9999 = 253_402_300_799_999;

/** Logs of one second differ in their last digits only. */
let second = Number.NaN;
let untilSecond = '';

/** As JSON. */
export function startedDateTime({ startTime }: RecordContents): string {
  const time = Math.min(whole(startTime), END_OF_YEAR_9999);
  const millis = time % 1000;
  if (time - millis !== second) {
    second = time - millis;
    untilSecond = new Date(second).toISOString().slice(0, -4);
  }
  return `"${untilSecond}${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}Z"`;
}

/** The members `time` and `timings`, as JSON; HAR 1.2 wants the second to sum up to the first. */
export function timingsOf({ duration, wait }: RecordContents): string {
  const time = whole(duration);
  const toHead = wait === undefined ? time : Math.min(whole(wait), time);
  return `"time":${time},"timings":{"send":0,"wait":${toHead},"receive":${time - toHead}}`;
}

/** What happened to an exchange, and the trace that it is part of. */
export function commentOn({ aborted, reset, traceId }: RecordContents): string {
  const remarks: string[] = [];
  if (aborted) remarks.push(`aborted: ${endOf(reset)} before the response was complete`);
  if (traceId !== '') remarks.push(`trace-id: ${traceId}`);
  return remarks.join('; ');
}

function endOf(reset: number): string {
  const { by, code } = readStreamReset(reset) ?? { by: 'session', code: 'NO_ERROR' };
  if (by !== 'session') return `the ${by} reset the stream (${code})`;
  // Node calls it CANCEL where the connection was closed.
  if (code === 'NO_ERROR' || code === 'CANCEL') return 'the connection closed';
  return `the HTTP/2 session ended (${code})`;
}

/** Whole milliseconds, never negative: the clock of a machine can be set back during an exchange. */
function whole(milliseconds: number): number {
  const rounded = Math.round(milliseconds);
  return rounded > 0 ? Math.min(rounded, Number.MAX_SAFE_INTEGER) : 0;
}
