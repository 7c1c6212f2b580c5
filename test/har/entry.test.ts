import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../src/redaction/policy';
import { SETTINGS } from '../support/described-body';
import { validateHarEntry } from '../support/har-schema';
import {
  entryOf,
  fields,
  logOf,
  logSettings,
  recordOf,
  type SampleParts,
  sampleExchange,
} from '../support/sample-exchanges';

const none = compilePolicy({});

function entry(parts: SampleParts = {}, policy = none) {
  const built = entryOf(sampleExchange(parts), policy);
  expect(validateHarEntry(built)).toEqual([]);
  return built;
}

describe('entryOf', () => {
  it('is one entry of HAR 1.2', () => {
    const built = entry({ request: { body: { size: 1, text: 'a' } } });
    expect(built).toMatchObject({
      pageref: 'https://api.example.com/users/1',
      startedDateTime: '2026-01-01T00:00:00.000Z',
      time: 12,
      cache: {},
      timings: { send: 0, wait: 3, receive: 9 },
    });
    expect(built.request.postData).toEqual({ mimeType: 'text/plain', text: 'a' });
    expect(built).not.toHaveProperty('comment');
  });

  it.each([
    ['/users/:id', 'https://api.example.com/users/:id'],
    ['/', 'https://api.example.com/'],
    ['*', 'https://api.example.com/users/1'],
    ['', 'https://api.example.com/users/1'],
  ])('has the route %j in pageref', (route, pageref) => {
    expect(entry({ route }).pageref).toBe(pageref);
  });

  it.each([
    ['http://h:80/a/b?c=d#e', 'http://h:80/a/b'],
    ['http://h#/?x', 'http://h'],
    ['http://h/é?', 'http://h/%E9'],
  ])(
    'has the URL %s without query and fragment in pageref where no route is known',
    (url, pageref) => {
      expect(entry({ request: { url } }).pageref).toBe(pageref);
    },
  );

  it('has no user name and password of a URL in pageref', () => {
    const request = { url: 'http://user:pass@h/a?b' };
    expect(entry({ request }).pageref).toBe('http://h/a');
    expect(entry({ request, route: '/:id' }).pageref).toBe('http://h/:id');
  });

  it.each([
    [12.4, 3.6, { time: 12, wait: 4, receive: 8 }],
    [0.4, 0.6, { time: 0, wait: 0, receive: 0 }],
    [5, 9, { time: 5, wait: 5, receive: 0 }],
    [-3, -1, { time: 0, wait: 0, receive: 0 }],
  ])(
    'rounds %d ms with the head after %d ms to whole milliseconds that add up',
    (duration, wait, ms) => {
      const { time, timings } = entry({ duration, wait });
      expect({ time, wait: timings.wait, receive: timings.receive }).toEqual(ms);
    },
  );

  it('waits to the end when no head was sent, and says what happened', () => {
    const { wait: _, ...record } = sampleExchange({
      aborted: true,
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      response: { status: 0, statusText: '', headers: [], body: { size: 0 } },
    });
    const built = entryOf(record, none);
    expect(validateHarEntry(built)).toEqual([]);
    expect(built.timings).toEqual({ send: 0, wait: 12, receive: 0 });
    expect(built.response.status).toBe(0);
    expect(built.comment).toBe(
      'aborted: the connection closed before the response was complete; ' +
        'trace-id: 4bf92f3577b34da6a3ce929d0e0e4736',
    );
  });

  it('never changes the record', () => {
    const body = { size: 17, text: '{"secret":"mark"}' };
    const record = recordOf(sampleExchange({ request: { body }, response: { body } }));
    const before = structuredClone(record);
    logOf(record, logSettings(compilePolicy({ denylist: ['secret', 'host', 'page'] })));
    expect(Buffer.compare(record, before)).toBe(0);
  });

  it('unpacks no body beyond the limit that the caller sets', () => {
    const packed = gzipSync('x'.repeat(100));
    const record = sampleExchange({
      response: {
        headers: fields({ 'content-encoding': 'gzip' }),
        body: { size: packed.length, bytes: packed },
      },
    });
    expect(entryOf(record, none).response.content.size).toBe(100);
    const short = entryOf(record, none, { ...SETTINGS, maxBodyBytes: 99 });
    expect(short.response.content.comment).toBe(
      'truncated: unpacks to more than the 99 bytes kept',
    );
  });
});
