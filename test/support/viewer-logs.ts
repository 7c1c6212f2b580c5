import type { ReceivedEntry, ReceivedLog } from '../../src/local/metrics-server';

/** What a test says of a log; the rest is like any other. */
export interface LogParts {
  id?: string;
  method?: string;
  url?: string;
  status?: number;
  group?: ReceivedLog['group'];
  development?: boolean;
  request?: Partial<ReceivedEntry['request']>;
  response?: Partial<ReceivedEntry['response']>;
  entry?: Partial<ReceivedEntry>;
}

let count = 0;

/** A log as the package sends it. */
export function logOf(parts: LogParts = {}): ReceivedLog {
  count += 1;
  const { method = 'GET', url = 'http://127.0.0.1:3000/letters/1', status = 200 } = parts;
  const message = { httpVersion: 'HTTP/1.1', headers: [], cookies: [], headersSize: -1 };
  return {
    _id: parts.id ?? `log-${count}`,
    _version: 3,
    clientIPAddress: '127.0.0.1',
    development: parts.development ?? false,
    group: parts.group ?? { id: `sha512-${'A'.repeat(86)}==?-key`, label: 'Hedwig' },
    request: {
      log: {
        version: '1.2',
        creator: { name: 'readme-metrics (node)', version: '0.1.0', comment: '' },
        entries: [
          {
            pageref: 'http://127.0.0.1:3000/letters/:id',
            startedDateTime: new Date().toISOString(),
            time: 12,
            request: { ...message, method, url, queryString: [], bodySize: 0, ...parts.request },
            response: {
              ...message,
              status,
              statusText: 'OK',
              redirectURL: '',
              bodySize: 0,
              content: { size: 0, mimeType: 'text/plain' },
              ...parts.response,
            },
            cache: {},
            timings: { send: 0, wait: 9, receive: 3 },
            ...parts.entry,
          },
        ],
      },
    },
  };
}

/** Sends logs as an application would. */
export async function postLogs(url: string, logs: unknown[]): Promise<Response> {
  return await fetch(`${url}/v1/request`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('any-key:').toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(logs),
  });
}
