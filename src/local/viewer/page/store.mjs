import { matcher, NO_FILTER } from './filter.mjs';

/**
 * @typedef {import('../log-summary').LogSummary} LogSummary
 * @typedef {import('./filter.mjs').Filter} Filter
 * @typedef {{ added: number, refiltered: boolean }} Change
 *   added: logs that now match and did not before, the newest ones; refiltered: all may be others
 */

/** The logs that the server keeps, and those of them that match the filter. Oldest first. */
export class Store {
  /** @type {LogSummary[]} */
  logs = [];
  /** @type {LogSummary[]} */
  matching = [];
  /** @type {Filter} */
  filter = NO_FILTER;
  /** Numbers of the logs in which the server found the text. @type {Set<number>} */
  foundInside = new Set();
  /** @type {((change: Change) => void)[]} */
  #followers = [];

  /** @param {(change: Change) => void} follower */
  follow(follower) {
    this.#followers.push(follower);
  }

  /**
   * @param {LogSummary[]} logs new ones
   * @param {number} first number of the oldest log that the server keeps
   */
  add(logs, first) {
    const found = logs.filter(matcher(this.filter, this.foundInside));
    this.logs = [...from(this.logs, first), ...logs];
    this.matching = [...from(this.matching, first), ...found];
    this.#tell({ added: found.length, refiltered: false });
  }

  /** @param {Filter} filter */
  setFilter(filter) {
    this.filter = filter;
    this.foundInside = new Set();
    this.#refilter();
  }

  /** @param {number[]} numbers */
  addFoundInside(numbers) {
    const before = this.foundInside.size;
    for (const number of numbers) this.foundInside.add(number);
    if (this.foundInside.size > before) this.#refilter();
  }

  clear() {
    this.logs = [];
    this.foundInside = new Set();
    this.#refilter();
  }

  #refilter() {
    this.matching = this.logs.filter(matcher(this.filter, this.foundInside));
    this.#tell({ added: 0, refiltered: true });
  }

  /** @param {Change} change */
  #tell(change) {
    for (const follower of this.#followers) follower(change);
  }
}

/** The logs from number `first` on. @param {LogSummary[]} logs @param {number} first */
function from(logs, first) {
  if (logs.length === 0 || /** @type {LogSummary} */ (logs[0]).n >= first) return logs;
  return logs.filter(({ n }) => n >= first);
}
