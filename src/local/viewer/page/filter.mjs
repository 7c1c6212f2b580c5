/**
 * @typedef {import('../log-summary').LogSummary} LogSummary
 * @typedef {object} Filter
 * @property {string} text sought without regard to case; the empty string: anything
 * @property {string} method
 * @property {string} status first digit; `0`: no response
 * @property {string} caller id of the group
 */

/** @type {Filter} */
export const NO_FILTER = { text: '', method: '', status: '', caller: '' };

/** @type {WeakMap<LogSummary, string>} */
const searchTexts = new WeakMap();

/**
 * What a search looks through at once; the server looks through headers and bodies.
 *
 * @param {LogSummary} log
 */
function searchText(log) {
  let text = searchTexts.get(log);
  if (text === undefined) {
    const { method, status, url, route, label, email, group, id, comment } = log;
    text = [`${method} ${url}`, status, route, label, email, group, id, comment]
      .join('\n')
      .toLowerCase();
    searchTexts.set(log, text);
  }
  return text;
}

/**
 * @param {Filter} filter
 * @param {Set<number>} foundInside numbers of the logs in which the server found the text
 * @returns {(log: LogSummary) => boolean}
 */
export function matcher({ text, method, status, caller }, foundInside) {
  const sought = text.toLowerCase();
  return (log) =>
    (method === '' || log.method === method) &&
    (status === '' || String(Math.floor(log.status / 100)) === status) &&
    (caller === '' || log.group === caller) &&
    (sought === '' || searchText(log).includes(sought) || foundInside.has(log.n));
}

/** @param {Filter} filter */
export function isFiltering(filter) {
  return Object.values(filter).some((value) => value !== '');
}
