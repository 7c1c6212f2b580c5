import { byId, h } from './dom.mjs';
import { isFiltering, NO_FILTER } from './filter.mjs';
import { callerName, whole } from './format.mjs';
import { SearchInside } from './search-inside.mjs';

/**
 * @typedef {import('./store.mjs').Store} Store
 * @typedef {import('../log-summary').LogSummary} LogSummary
 */

/** A menu of thousands is of no use; a search finds any caller. */
const MOST_CHOICES = 200;

/** The search field, the menus, and how many logs match. */
export class Filters {
  #store;
  #inside;
  #search = /** @type {HTMLInputElement} */ (byId('search'));
  #menus = {
    method: /** @type {HTMLSelectElement} */ (byId('method')),
    status: /** @type {HTMLSelectElement} */ (byId('status')),
    caller: /** @type {HTMLSelectElement} */ (byId('caller')),
  };
  /** Choices that the menus have. @type {{ method: Set<string>, caller: Set<string> }} */
  #choices = { method: new Set(), caller: new Set() };

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
    this.#inside = new SearchInside(store);
    this.#search.addEventListener('input', () => this.#apply());
    for (const menu of Object.values(this.#menus)) {
      menu.addEventListener('change', () => this.#apply());
    }
    byId('reset').addEventListener('click', () => {
      this.reset();
      this.#search.focus();
    });
    store.follow(() => this.#showCount());
  }

  focus() {
    this.#search.focus();
    this.#search.select();
  }

  reset() {
    this.#search.value = '';
    for (const menu of Object.values(this.#menus)) menu.value = '';
    this.#apply();
  }

  /** Offers what is in new logs. @param {LogSummary[]} logs */
  offer(logs) {
    for (const log of logs) {
      this.#offer('method', log.method, log.method);
      this.#offer('caller', log.group, callerName(log));
    }
    this.#inside.goOn();
  }

  /** @param {'method' | 'caller'} name @param {string} value @param {string} text */
  #offer(name, value, text) {
    const choices = this.#choices[name];
    if (value === '' || choices.has(value) || choices.size >= MOST_CHOICES) return;
    choices.add(value);
    this.#menus[name].append(h('option', { value }, text));
  }

  #apply() {
    const { method, status, caller } = this.#menus;
    const text = this.#search.value.trim();
    for (const menu of Object.values(this.#menus)) menu.classList.toggle('set', menu.value !== '');
    this.#store.setFilter({
      ...NO_FILTER,
      text,
      method: method.value,
      status: status.value,
      caller: caller.value,
    });
    this.#inside.start(text);
  }

  #showCount() {
    const { logs, matching, filter } = this.#store;
    const filtering = isFiltering(filter);
    const all = `${whole(logs.length)} ${logs.length === 1 ? 'log' : 'logs'}`;
    byId('count').textContent = filtering ? `${whole(matching.length)} of ${all}` : all;
    byId('reset').hidden = !filtering;
  }
}
