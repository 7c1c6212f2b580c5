import { describe, expect, it } from 'vitest';
import { validateHarLog } from './har-schema';

function har() {
  return {
    log: {
      version: '1.2',
      creator: { name: 't', version: '1' },
      entries: [
        {
          pageref: 'https://api.example.com/users/:id',
          startedDateTime: '2026-01-01T00:00:00.000Z',
          time: 12,
          request: {
            method: 'POST',
            url: 'https://api.example.com/users/1?q=%7Ba%7Cb%7D',
            httpVersion: 'HTTP/1.1',
            headers: [{ name: 'Host', value: 'api.example.com' }],
            queryString: [{ name: 'q', value: '{a|b}' }],
            cookies: [{ name: 'a', value: 'b', expires: '2026-01-01T00:00:00.000Z' }],
            headersSize: -1,
            bodySize: 3,
            postData: { mimeType: 'text/plain', params: [{ name: 'a', value: '1' }] },
          },
          response: {
            status: 200,
            statusText: 'OK',
            httpVersion: 'HTTP/1.1',
            headers: [] as unknown[],
            cookies: [],
            redirectURL: '',
            headersSize: 80,
            bodySize: 2,
            content: { size: 2, mimeType: 'text/plain', text: 'ok' },
          },
          cache: {},
          timings: { send: 0, wait: 3, receive: 9 },
        },
      ],
    },
  };
}

type Har = ReturnType<typeof har>;
type Entry = NonNullable<Har['log']['entries'][0]>;

function broken(spoil: (entry: Entry) => void): string[] {
  const copy = har();
  spoil(copy.log.entries[0] as Entry);
  return validateHarLog(copy);
}

describe('validateHarLog', () => {
  it('finds nothing wrong with a valid HAR', () => {
    expect(validateHarLog(har())).toEqual([]);
  });

  it('rejects what is no HAR at all', () => {
    for (const value of [{}, { log: {} }, [], 'x', null, { log: { version: '1.2' } }]) {
      expect(validateHarLog(value)).not.toEqual([]);
    }
  });

  it.each<[string, (entry: Entry) => void]>([
    ['a missing request', (entry) => Reflect.deleteProperty(entry, 'request')],
    ['a missing mimeType', (entry) => Reflect.deleteProperty(entry.response.content, 'mimeType')],
    ['a missing queryString', (entry) => Reflect.deleteProperty(entry.request, 'queryString')],
    ['a date that is none', (entry) => Object.assign(entry, { startedDateTime: 'yesterday' })],
    ['a month that is none', (entry) => Object.assign(entry, { startedDateTime: '2026-99-01' })],
    ['a negative time', (entry) => Object.assign(entry, { time: -1 })],
    ['a timing below -1', (entry) => Object.assign(entry.timings, { wait: -2 })],
    ['a fraction of a byte', (entry) => Object.assign(entry.response, { bodySize: 1.5 })],
    ['a status as text', (entry) => Object.assign(entry.response, { status: '200' })],
    ['a URL without scheme', (entry) => Object.assign(entry.request, { url: '/users/1' })],
    ['a URL with a space', (entry) => Object.assign(entry.request, { url: 'http://a/b c' })],
    ['a header without value', (entry) => entry.response.headers.push({ name: 'a' })],
    [
      'a parameter without name',
      (entry) => Object.assign(entry.request.postData, { params: [{ value: '1' }] }),
    ],
    [
      'a cookie date that is none',
      (entry) => Object.assign(entry.request.cookies[0] as object, { expires: 'soon' }),
    ],
  ])('rejects %s', (_, spoil) => {
    expect(broken(spoil)).not.toEqual([]);
  });
});
