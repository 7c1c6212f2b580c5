import type { NameValue, SpanRecord } from '../../src/record/span-record';

/** Header fields from an object, for tests that do not care about order or duplicates. */
export function fields(object: Record<string, string> = {}): NameValue[] {
  return Object.entries(object).map(([name, value]) => ({ name, value }));
}

export interface RecordParts extends Partial<Omit<SpanRecord, 'request' | 'response'>> {
  request?: Partial<SpanRecord['request']>;
  response?: Partial<SpanRecord['response']>;
}

/** A plain GET answered with JSON; what is given replaces its parts. */
export function spanRecord({ request, response, ...rest }: RecordParts = {}): SpanRecord {
  return {
    logId: '7a1c6a3e-6a0c-4c0c-9a0b-0d6f4f3d2c1b',
    startTime: Date.UTC(2026, 0, 1),
    duration: 12,
    wait: 3,
    aborted: false,
    clientAddress: '127.0.0.1',
    group: { id: 'sha512-x?-key' },
    ...rest,
    request: {
      method: 'GET',
      url: 'https://api.example.com/users/1?page=2',
      httpVersion: '1.1',
      headers: fields({ Host: 'api.example.com' }),
      body: { size: 0 },
      ...request,
    },
    response: {
      status: 200,
      statusText: 'OK',
      headers: fields({ 'Content-Type': 'application/json; charset=utf-8' }),
      headersSize: 120,
      body: { size: 11, text: '{"id":"1"}\n' },
      ...response,
    },
  };
}
