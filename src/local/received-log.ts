import type { HarEntry, HarParam, HarRequest } from '../har/har';

/** One exchange as an entry of HAR 1.2, typed so that a test can ask for any part of it. */
export interface ReceivedEntry extends Omit<HarEntry, 'request'> {
  request: Omit<HarRequest, 'postData'> & {
    /** Only when there was a body: `params` for the fields of a form, `text` for any other. */
    postData?: { mimeType: string; text?: string; params?: HarParam[]; comment?: string };
  };
}

/**
 * A log as it came over the wire, as ReadMe's `POST /v1/request` takes it. Only `_id`, `group.id` and that
 * there is an entry have been checked.
 */
export interface ReceivedLog {
  _id: string;
  _version: 3;
  clientIPAddress: string;
  development: boolean;
  group: { id: string; label?: string; email?: string };
  request: {
    log: {
      version: '1.2';
      creator: { name: string; version: string; comment: string };
      entries: [ReceivedEntry];
    };
  };
}

/**
 * Reads the body of a request as logs.
 *
 * @returns the logs, or a sentence that says why the body is not an array of logs.
 */
export function parseLogs(body: Buffer): ReceivedLog[] | string {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return 'The body is not JSON.';
  }
  if (!Array.isArray(value)) return 'The body is not a JSON array.';
  if (value.length === 0) return 'The array holds no logs.';
  if (isTooDeep(value)) return `The body is nested more than ${MOST_LEVELS} levels deep.`;
  for (const [index, item] of value.entries()) {
    const fault = faultOf(item);
    if (fault !== undefined) return `Log ${index} of ${value.length}: ${fault}`;
  }
  return value;
}

/** A log has some twelve levels. What is far deeper can be read, but not written: JSON.stringify recurses. */
const MOST_LEVELS = 100;

function isTooDeep(value: unknown, depth = 0): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (depth > MOST_LEVELS) return true;
  for (const name in value) {
    if (isTooDeep((value as Record<string, unknown>)[name], depth + 1)) return true;
  }
  return false;
}

function faultOf(log: unknown): string | undefined {
  if (!isObject(log)) return 'not an object.';
  if (typeof log._id !== 'string') return '_id is not a string.';
  if (!isObject(log.group) || typeof log.group.id !== 'string') {
    return 'group.id is not a string.';
  }
  const har = isObject(log.request) ? log.request.log : undefined;
  const entries = isObject(har) ? har.entries : undefined;
  if (!Array.isArray(entries) || entries.length === 0 || !entries.every(isObject)) {
    return 'request.log.entries holds no entry.';
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
