'use strict';

const { isDeepStrictEqual } = require('node:util');
const { DENIED_NAME, MARKS, jsonOf } = require('./exchange');

// Every log is counted by a search for bytes, next to free. What that search says of one request a run is
// held against the parsed JSON when the run is over, so that nobody pays for it while it is measured.

/** Stands once in a log: inside of a body it would be escaped. Not from `"` on, which is everywhere. */
const LOG_ID = Buffer.from('_id":"');
const UUID_LENGTH = 36;
const MARK = '~'.charCodeAt(0);
const MARK_NAMES = Object.entries(MARKS).map(([name, mark]) => [name, Buffer.from(mark)]);

/**
 * Looks at the body of a request to the metrics server.
 *
 * @param {Buffer} body
 * @param {(id: string, isWhole: boolean) => void} onLog called for each log.
 * @returns {{ logs: number, whole: number, denied: number }} logs, those with the first and the last
 * member of both bodies, and denied values that should not be there.
 */
function inspect(body, onLog) {
  const found = { logs: 0, whole: 0, denied: 0 };
  let at = body.indexOf(LOG_ID);
  while (at >= 0) {
    const idAt = at + LOG_ID.length;
    at = body.indexOf(LOG_ID, idAt + UUID_LENGTH);
    const marks = marksIn(body.subarray(idAt, at < 0 ? body.length : at));
    const isWhole = marks.first === 2 && marks.last === 2;
    found.logs++;
    found.whole += Number(isWhole);
    found.denied += marks.denied;
    onLog(body.latin1Slice(idAt, idAt + UUID_LENGTH), isWhole);
  }
  return found;
}

function marksIn(bytes) {
  const marks = { first: 0, last: 0, denied: 0 };
  for (let at = bytes.indexOf(MARK); at >= 0; ) {
    const mark = MARK_NAMES.find(([, mark]) => bytes.subarray(at, at + mark.length).equals(mark));
    if (mark !== undefined) marks[mark[0]]++;
    at = bytes.indexOf(MARK, at + (mark?.[1].length ?? 1));
  }
  return marks;
}

/**
 * The same by parsing: how many logs have both bodies as the client saw them, but for the denied member.
 *
 * @param {number} bodyBytes what `jsonOf` was given.
 */
function parsedWhole(body, bodyBytes) {
  const expected = withoutDenied(jsonOf(bodyBytes));
  const isWhole = (text) =>
    typeof text === 'string' && isDeepStrictEqual(withoutDenied(text), expected);
  return JSON.parse(body.toString()).filter(({ request: { log } }) => {
    const [{ request, response }] = log.entries;
    return isWhole(request.postData?.text) && isWhole(response.content.text);
  }).length;
}

/** A body that was cut off is no JSON, and equals nothing. */
function withoutDenied(text) {
  try {
    const { [DENIED_NAME]: _, ...rest } = JSON.parse(text);
    return rest;
  } catch {
    return undefined;
  }
}

module.exports = { inspect, parsedWhole };
