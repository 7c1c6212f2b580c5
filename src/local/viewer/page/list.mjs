import { byId, h } from './dom.mjs';
import { callerName, duration, statusKind, timeOfDay, whole } from './format.mjs';
import { markedText } from './marked-text.mjs';

/**
 * @typedef {import('../log-summary').LogSummary} LogSummary
 * @typedef {'move' | 'click' | 'enter'} Manner how a log was selected
 */

/** Pixels, as list.css has it. */
const ROW = 60;
const OVERSCAN = 6;

/**
 * The list of logs, newest first. Only the rows in sight are in the document, so that ten thousand
 * logs cost what twenty do.
 */
export class List {
  #list = byId('list');
  #rows = byId('rows');
  #pill = byId('new-logs');
  /** Rows in the document, by the log that they show. @type {Map<LogSummary, HTMLElement>} */
  #shown = new Map();
  /** Oldest first. @type {LogSummary[]} */
  #logs = [];
  /** @type {LogSummary | undefined} */
  selected;
  #unseen = 0;
  #fresh = Number.POSITIVE_INFINITY;
  #scheduled = false;
  #onSelect;

  /** @param {(log: LogSummary, manner: Manner) => void} onSelect */
  constructor(onSelect) {
    this.#onSelect = onSelect;
    this.#list.addEventListener('scroll', () => {
      if (this.#list.scrollTop < ROW) this.#setUnseen(0);
      this.#schedule();
    });
    this.#list.addEventListener('keydown', (event) => this.#onKey(event));
    this.#list.addEventListener('click', ({ target }) => {
      const index = target instanceof Element && target.closest('.row')?.getAttribute('data-index');
      if (index) this.#select(Number(index), 'click');
    });
    this.#pill.addEventListener('click', () => {
      this.#list.scrollTop = 0;
      this.#list.focus({ preventScroll: true });
    });
    new ResizeObserver(() => this.#schedule()).observe(this.#list);
  }

  /**
   * @param {LogSummary[]} logs oldest first
   * @param {number} added how many were added at the end; what is in sight then stays where it is
   * @param {boolean} [arrived] whether they came just now, which is then shown
   */
  show(logs, added, arrived = false) {
    const height = this.#list.scrollTop > 0 ? added * ROW : 0;
    const oldest = arrived && added > 0 ? logs.at(-added) : undefined;
    this.#fresh = oldest?.n ?? Number.POSITIVE_INFINITY;
    this.#logs = logs;
    this.#rows.style.height = `${logs.length * ROW}px`;
    if (height > 0) {
      this.#list.scrollTop += height;
      this.#setUnseen(this.#unseen + added);
    }
    this.#schedule();
  }

  /** After the filter has changed. @param {LogSummary[]} logs */
  showAnew(logs) {
    this.#setUnseen(0);
    this.#list.scrollTop = 0;
    this.show(logs, 0);
    if (this.selected !== undefined) this.#scrollTo(this.#indexOf(this.selected));
  }

  /** @param {LogSummary} log */
  select(log) {
    this.#select(this.#indexOf(log), 'move');
  }

  /** @param {number} step 1: the next older one */
  move(step) {
    const index = this.selected === undefined ? -1 : this.#indexOf(this.selected);
    this.#select(index < 0 ? 0 : index + step, 'move');
  }

  focus() {
    this.#list.focus({ preventScroll: true });
  }

  /** @param {number} index of a row, 0 for the newest log */
  #logAt(index) {
    return this.#logs[this.#logs.length - 1 - index];
  }

  /** @param {LogSummary} log */
  #indexOf(log) {
    const index = this.#logs.lastIndexOf(log);
    return index < 0 ? -1 : this.#logs.length - 1 - index;
  }

  /** @param {number} index @param {Manner} manner */
  #select(index, manner) {
    if (this.#logs.length === 0) return;
    const within = Math.min(Math.max(index, 0), this.#logs.length - 1);
    const log = /** @type {LogSummary} */ (this.#logAt(within));
    const changed = log !== this.selected;
    this.selected = log;
    this.#scrollTo(within);
    this.#render();
    if (changed || manner !== 'move') this.#onSelect(log, manner);
  }

  /** @param {number} index */
  #scrollTo(index) {
    if (index < 0) return;
    const top = index * ROW;
    const { scrollTop, clientHeight } = this.#list;
    if (top < scrollTop) this.#list.scrollTop = top;
    else if (top + ROW > scrollTop + clientHeight) this.#list.scrollTop = top + ROW - clientHeight;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.#list.clientHeight / ROW) - 1);
    const current = this.selected === undefined ? -1 : this.#indexOf(this.selected);
    /** @type {Record<string, () => void>} */
    const actions = {
      ArrowDown: () => this.move(1),
      ArrowUp: () => this.move(-1),
      PageDown: () => this.move(page),
      PageUp: () => this.move(-page),
      Home: () => this.#select(0, 'move'),
      End: () => this.#select(this.#logs.length - 1, 'move'),
      Enter: () => this.#select(Math.max(current, 0), 'enter'),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  /** @param {number} count */
  #setUnseen(count) {
    this.#unseen = count;
    this.#pill.hidden = count === 0;
    if (count > 0) this.#pill.textContent = `↑ ${whole(count)} new`;
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#render();
    });
  }

  #render() {
    const { scrollTop, clientHeight } = this.#list;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - OVERSCAN);
    const end = Math.min(this.#logs.length, Math.ceil((scrollTop + clientHeight) / ROW) + OVERSCAN);
    const before = this.#shown;
    this.#shown = new Map();
    for (let index = first; index < end; index++) {
      const log = /** @type {LogSummary} */ (this.#logAt(index));
      const row = before.get(log) ?? rowOf(log, log.n >= this.#fresh);
      before.delete(log);
      this.#place(row, log, index);
      this.#shown.set(log, row);
    }
    for (const row of before.values()) row.remove();
    // In the order in which they are seen, for those who have them read out.
    let next = this.#rows.firstChild;
    for (const row of this.#shown.values()) {
      if (row === next) next = row.nextSibling;
      else this.#rows.insertBefore(row, next);
    }
    // What is scrolled into sight later has not come just now.
    this.#fresh = Number.POSITIVE_INFINITY;
    const active = this.selected === undefined ? undefined : this.#shown.get(this.selected);
    if (active === undefined) this.#list.removeAttribute('aria-activedescendant');
    else this.#list.setAttribute('aria-activedescendant', active.id);
  }

  /** @param {HTMLElement} row @param {LogSummary} log @param {number} index */
  #place(row, log, index) {
    row.style.transform = `translateY(${index * ROW}px)`;
    row.dataset.index = String(index);
    row.setAttribute('aria-selected', String(log === this.selected));
    row.setAttribute('aria-setsize', String(this.#logs.length));
    row.setAttribute('aria-posinset', String(index + 1));
  }
}

/** @param {LogSummary} log @param {boolean} fresh */
function rowOf(log, fresh) {
  const caller = h('span', { class: 'row-caller' }, markedText(callerName(log)));
  const route = h('span', { class: 'row-route' }, log.route);
  return h(
    'div',
    { class: fresh ? 'row fresh' : 'row', role: 'option', id: `row-${log.n}` },
    h('span', { class: 'method', 'data-method': log.method }, log.method || '?'),
    h('span', { class: 'row-path', title: log.path }, markedText(log.path)),
    h(
      'span',
      { class: 'status', 'data-kind': statusKind(log.status) },
      log.status === 0 ? 'none' : log.status,
    ),
    h(
      'span',
      { class: 'row-about' },
      log.development
        ? h('span', { class: 'tag', title: 'Logged in development' }, 'dev')
        : undefined,
      caller,
      log.route === '' ? undefined : route,
    ),
    h(
      'span',
      { class: 'row-time' },
      h('span', { class: 'row-duration' }, duration(log.time)),
      h('span', { class: 'row-clock' }, timeOfDay(log.at)),
    ),
  );
}
