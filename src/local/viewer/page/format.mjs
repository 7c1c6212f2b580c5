const WHOLE = new Intl.NumberFormat('en');
const TIME = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const MOMENT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

/** @param {number} number */
export function whole(number) {
  return WHOLE.format(number);
}

/** @param {number | null} bytes -1, as in HAR: unknown */
export function size(bytes) {
  if (typeof bytes !== 'number' || bytes < 0) return 'unknown';
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** @param {number} milliseconds */
export function duration(milliseconds) {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${(milliseconds / 60_000).toFixed(1)} min`;
}

/** Time of day. @param {number | null} at milliseconds since the Unix epoch */
export function timeOfDay(at) {
  return typeof at === 'number' ? TIME.format(at) : '';
}

/** Day and time. @param {number | null} at */
export function moment(at) {
  return typeof at === 'number' ? MOMENT.format(at) : 'unknown';
}

/** A mask as far as it tells two callers apart. @param {string} id */
export function shortMask(id) {
  return id.replace(/^(sha512-.{6}).{20,}(\?.{0,4})$/, '$1…$2');
}

/** Whom a list names as the caller. @param {{ label: string, email: string, group: string }} caller */
export function callerName({ label, email, group }) {
  return label || email || shortMask(group);
}

/** What colour a status gets. @param {number} status */
export function statusKind(status) {
  if (status >= 500) return 'server';
  if (status >= 400) return 'client';
  if (status >= 300) return 'redirect';
  if (status >= 200) return 'success';
  return status >= 100 ? 'redirect' : 'none';
}

/** A URL, or a route with an origin before it, without the origin. @param {string} url */
export function pathOf(url) {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '') || url;
}
