/** Milliseconds of the first delay and of the longest, before jitter. */
const [FIRST_DELAY, LONGEST_DELAY] = [500, 30_000];

/** A server that wants to be left alone longer than this is asked again all the same. */
const LONGEST_RETRY_AFTER = 5 * 60_000;

/**
 * Milliseconds until a request is repeated: exponential with full jitter, so that many processes do not
 * come back to a server at the same moment; what the server itself wants comes first.
 *
 * @param tries how often it was sent already, from 1.
 * @param pauseMillis milliseconds for which the server wants to be left alone.
 */
export function retryDelay(tries: number, pauseMillis = 0): number {
  const jitter = Math.random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (tries - 1));
  return pauseMillis > 0 ? pauseMillis + Math.min(jitter, FIRST_DELAY) : jitter;
}

/**
 * The field `Retry-After` (RFC 9110 §10.2.3).
 *
 * @param value as the server sent it: seconds or a date.
 * @param now the server's own time in milliseconds since 1970: its clock, or ours, may be wrong by hours.
 * @returns milliseconds, at most five minutes; `undefined` for what is neither seconds nor a date.
 */
export function parseRetryAfter(value: string, now: number): number | undefined {
  const text = value.trim();
  const millis = /^\d+$/.test(text) ? Number(text) * 1000 : untilDate(text, now);
  return millis === undefined ? undefined : Math.min(Math.max(millis, 0), LONGEST_RETRY_AFTER);
}

/** `Date.parse` takes `-1` and `1.5` for dates; a date of HTTP begins with the day's name. */
function untilDate(text: string, now: number): number | undefined {
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time - now;
}
