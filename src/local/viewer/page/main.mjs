import { drawChart } from './chart.mjs';
import { detailView } from './detail.mjs';
import { byId, h } from './dom.mjs';
import { emptyView, noSelectionView } from './empty.mjs';
import { Filters } from './filters.mjs';
import { List } from './list.mjs';
import { Store } from './store.mjs';
import { followLogs } from './stream.mjs';
import { setUpTheme } from './theme.mjs';

/** @typedef {import('../log-summary').LogSummary} LogSummary */

const STATES = { live: 'Live', lost: 'Not connected, trying again' };

const panes = byId('panes');
const detail = byId('detail');
const empty = byId('empty');
const store = new Store();
const filters = new Filters(store);
const list = new List(open);
/** `_id` of the log that the address of the page names, until it is there. */
let wanted = decodeURIComponent(location.hash.slice(1));
let chartIsDue = false;
/** Whether the logs that there were when the page was opened are all there. */
let isLoaded = false;

setUpTheme();
detail.append(noSelectionView());
empty.append(emptyView());

store.follow(({ added, refiltered }) => {
  if (refiltered) list.showAnew(store.matching);
  else list.show(store.matching, added, isLoaded);
  byId('no-match').hidden = store.matching.length > 0 || store.logs.length === 0;
  requestChart();
});

followLogs({
  onReset: () => {
    store.clear();
    close();
  },
  onLogs: (logs, first, complete) => {
    store.add(logs, first);
    filters.offer(logs);
    if (!complete) return;
    isLoaded = true;
    empty.hidden = store.logs.length > 0;
    panes.dataset.empty = String(store.logs.length === 0);
    document.title = store.logs.length > 0 ? `Log viewer (${store.logs.length})` : 'Log viewer';
    if (store.logs.length === 0) close();
    const log = wanted === '' ? undefined : store.logs.findLast(({ id }) => id === wanted);
    wanted = '';
    if (log !== undefined) list.select(log);
  },
  onState: (state) => {
    const connection = byId('connection');
    connection.dataset.state = state;
    connection.textContent = STATES[state];
  },
});

/** Shows a log in full. @param {LogSummary} log @param {import('./list.mjs').Manner} manner */
async function open(log, manner) {
  if (manner !== 'move') panes.dataset.showing = 'detail';
  history.replaceState(null, '', `#${encodeURIComponent(log.id)}`);
  /** @type {Node} */
  let view;
  try {
    const answer = await fetch(`/viewer/logs/${log.n}`);
    if (!answer.ok) throw new Error(await answer.text());
    view = detailView(await answer.json(), log, back);
  } catch (error) {
    view = h(
      'p',
      { class: 'no-match' },
      `This log cannot be shown: ${/** @type {Error} */ (error).message}`,
    );
  }
  if (list.selected !== log) return;
  detail.replaceChildren(view);
  detail.scrollTop = 0;
  // After a click on a wide screen the arrow keys go on through the list.
  const isListHidden = byId('list').offsetParent === null;
  if (manner === 'enter' || isListHidden) detail.focus({ preventScroll: true });
}

/** From the log to the list. */
function back() {
  panes.dataset.showing = 'list';
  list.focus();
}

/** Shows no log. */
function close() {
  list.selected = undefined;
  detail.replaceChildren(noSelectionView());
  history.replaceState(null, '', location.pathname);
  panes.dataset.showing = 'list';
}

function requestChart() {
  if (chartIsDue) return;
  chartIsDue = true;
  requestAnimationFrame(() => {
    chartIsDue = false;
    drawChart(store.matching);
  });
}
// Time passes also without logs.
setInterval(requestChart, 2000);
new ResizeObserver(requestChart).observe(byId('chart-bars'));

document.addEventListener('keydown', (event) => {
  const { target, key } = event;
  const typing = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
  if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  if (key === '/' && !typing) {
    event.preventDefault();
    filters.focus();
  } else if (key === 'Escape') {
    if (target === byId('search') && store.filter.text !== '') filters.reset();
    back();
  } else if ((key === 'j' || key === 'k') && !typing) {
    list.move(key === 'j' ? 1 : -1);
  } else if (key === 'ArrowDown' && target === byId('search')) {
    event.preventDefault();
    list.focus();
    list.move(list.selected === undefined ? 0 : 1);
  }
});

const dialog = /** @type {HTMLDialogElement} */ (byId('clear-dialog'));
byId('clear').addEventListener('click', () => dialog.showModal());
byId('clear-no').addEventListener('click', () => dialog.close());
byId('clear-yes').addEventListener('click', async () => {
  dialog.close();
  await fetch('/viewer/logs', { method: 'DELETE' });
});
