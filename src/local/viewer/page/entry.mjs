/**
 * @typedef {import('../../received-log').ReceivedEntry} Entry
 * @typedef {import('../../received-log').ReceivedLog} Log
 * @typedef {import('../../../har/har').HarParam} Param
 */

/**
 * The entry of a log with every member that the page reads, of the type that it expects. A log may
 * come from any client, with anything in it.
 *
 * @param {Log} log
 * @returns {Entry}
 */
export function entryOf(log) {
  const entry = object(log.request.log.entries[0]);
  const request = object(entry.request);
  const response = object(entry.response);
  const timings = object(entry.timings);
  const content = object(response.content);
  return {
    pageref: text(entry.pageref),
    startedDateTime: text(entry.startedDateTime),
    time: number(entry.time, 0),
    request: {
      ...message(request),
      method: text(request.method),
      url: text(request.url),
      queryString: pairs(request.queryString),
      ...postDataOf(request.postData),
    },
    response: {
      ...message(response),
      status: number(response.status, 0),
      statusText: text(response.statusText),
      redirectURL: text(response.redirectURL),
      content: {
        size: number(content.size, -1),
        mimeType: text(content.mimeType),
        ...optional('text', content.text),
        ...(content.encoding === 'base64' ? { encoding: /** @type {'base64'} */ ('base64') } : {}),
        ...optional('comment', content.comment),
      },
    },
    cache: {},
    timings: {
      send: number(timings.send, 0),
      wait: number(timings.wait, 0),
      receive: number(timings.receive, 0),
    },
    ...optional('comment', entry.comment),
  };
}

/** @param {Record<string, unknown>} value */
function message(value) {
  return {
    httpVersion: text(value.httpVersion),
    headers: pairs(value.headers),
    cookies: pairs(value.cookies),
    headersSize: number(value.headersSize, -1),
    bodySize: number(value.bodySize, -1),
  };
}

/** @param {unknown} value */
function postDataOf(value) {
  if (typeof value !== 'object' || value === null) return {};
  const postData = object(value);
  return {
    postData: {
      mimeType: text(postData.mimeType),
      ...optional('text', postData.text),
      ...(Array.isArray(postData.params) ? { params: pairs(postData.params) } : {}),
      ...optional('comment', postData.comment),
    },
  };
}

/** @param {unknown} value @returns {Param[]} */
function pairs(value) {
  if (!Array.isArray(value)) return [];
  return value.map(object).map((pair) => ({
    name: text(pair.name),
    value: text(pair.value),
    ...optional('fileName', pair.fileName),
    ...optional('contentType', pair.contentType),
    ...optional('comment', pair.comment),
  }));
}

/**
 * @template {string} Name
 * @param {Name} name
 * @param {unknown} value
 * @returns {{ [name in Name]?: string }}
 */
function optional(name, value) {
  return /** @type {{ [name in Name]?: string }} */ (
    typeof value === 'string' ? { [name]: value } : {}
  );
}

/** @param {unknown} value @returns {Record<string, unknown>} */
function object(value) {
  return /** @type {Record<string, unknown>} */ (
    typeof value === 'object' && value !== null ? value : {}
  );
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value : '';
}

/** @param {unknown} value @param {number} fallback */
function number(value, fallback) {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}
