import { byId, svg } from './dom.mjs';
import { statusKind, whole } from './format.mjs';

/** @typedef {import('../log-summary').LogSummary} LogSummary */

const MINUTE = 60_000;
/** What the chart may span, in minutes: the least that holds all logs, or else the most. */
const SPANS = [1, 5, 15, 30, 60, 180, 360, 720, 1440, 2880, 10_080];
const HEIGHT = 44;
/** Pixels of a bar and the gap after it. */
const BAR = 9;
const GAP = 3;

/**
 * @typedef {object} Bucket
 * @property {number} fine
 * @property {number} client 4xx
 * @property {number} server 5xx
 * @property {number} none exchanges without a response
 */

/**
 * Counts logs by time.
 *
 * @param {LogSummary[]} logs
 * @param {number} now milliseconds since the Unix epoch
 * @param {number} count of buckets
 * @returns {{ minutes: number, buckets: Bucket[] }} the last bucket ends at `now`
 */
export function bucketsOf(logs, now, count) {
  let oldest = now;
  for (const { at } of logs) if (at !== null && at < oldest) oldest = at;
  const needed = (now - oldest) / MINUTE;
  const minutes = SPANS.find((span) => span >= needed) ?? /** @type {number} */ (SPANS.at(-1));
  const width = (minutes * MINUTE) / count;
  const begin = now - minutes * MINUTE;
  const buckets = Array.from({ length: count }, () => ({ fine: 0, client: 0, server: 0, none: 0 }));
  for (const { at, status } of logs) {
    if (at === null) continue;
    const bucket = buckets[Math.min(count - 1, Math.floor((at - begin) / width))];
    if (bucket !== undefined) bucket[seriesOf(status)] += 1;
  }
  return { minutes, buckets };
}

/** @param {number} status @returns {keyof Bucket} */
function seriesOf(status) {
  const kind = statusKind(status);
  return kind === 'client' || kind === 'server' || kind === 'none' ? kind : 'fine';
}

/** @param {Bucket} bucket */
function sumOf({ fine, client, server, none }) {
  return fine + client + server + none;
}

/** Draws the chart of these logs. @param {LogSummary[]} logs */
export function drawChart(logs) {
  const bars = byId('chart-bars');
  const width = bars.clientWidth;
  if (width === 0) return;
  const count = Math.max(10, Math.floor((width + GAP) / (BAR + GAP)));
  const { minutes, buckets } = bucketsOf(logs, Date.now(), count);
  const most = Math.max(...buckets.map(sumOf));
  const step = (width + GAP) / count;

  /** @type {Element[]} */
  const shapes = [];
  const totals = { fine: 0, client: 0, server: 0, none: 0 };
  for (const [index, bucket] of buckets.entries()) {
    let bottom = HEIGHT;
    const x = index * step;
    const size = step - GAP;
    shapes.push(svg('rect', { class: 'ground', x, y: HEIGHT - 2, width: size, height: 2, rx: 1 }));
    for (const series of /** @type {const} */ (['fine', 'client', 'server', 'none'])) {
      const number = bucket[series];
      totals[series] += number;
      if (number === 0) continue;
      const height = Math.max(3, (number / most) * (HEIGHT - 2));
      bottom -= height;
      shapes.push(svg('rect', { class: series, x, y: bottom, width: size, height, rx: 1.5 }));
    }
  }
  bars.replaceChildren(...shapes);
  const requests = sumOf(totals);
  const span = spanText(minutes);
  bars.setAttribute(
    'aria-label',
    `${requests} requests in the last ${span}, ${totals.client} with status 4xx, ${totals.server} with 5xx, ${totals.none} without a response`,
  );
  byId('chart-requests').textContent = whole(requests);
  byId('chart-client').textContent = whole(totals.client);
  byId('chart-server').textContent = whole(totals.server);
  byId('chart-none').textContent = whole(totals.none);
  byId('chart-from').textContent = `${span} ago`;
  byId('chart-most').textContent = most === 0 ? '' : `highest bar: ${whole(most)}`;
}

/** @param {number} minutes */
function spanText(minutes) {
  if (minutes < 60) return `${minutes} min`;
  return minutes < 2880 ? `${minutes / 60} h` : `${minutes / 1440} days`;
}
