import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { BodyLoss, NameValue } from '../../src/record/record';
import { compilePolicy } from '../../src/redaction/policy';
import { LONGEST_JSON, LONGEST_OTHER, LONGEST_URL } from '../../src/spans/filter-bounds';
import { filteredAttributes, logOfAttributes, throughFilteredSpan } from '../support/filtered-span';
import {
  fields,
  logOf,
  logSettings,
  recordOf,
  type SampleBody,
  type SampleExchange,
  sampleExchange,
} from '../support/sample-exchanges';

const KEY = 'caller-key-0123456789';
const SECRET = 'SECRETV';
const DENY = { denylist: ['password', '**.deep', /token$/] };
const ALLOW = { allowlist: ['a', 'x-shown'] };

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/REDACTION.md'), 'utf8');

function rows(name: string): string[][] {
  const table = DOCUMENT.split(`<!-- table: ${name} -->\n`)[1]?.split('\n\n')[0]?.split('\n') ?? [];
  return table.slice(2).map((row) =>
    row
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.replace(/^`(.*)`$/, '$1').replaceAll('⏎', '\n')),
  );
}

function withBody(
  content: string | Uint8Array,
  headers: NameValue[],
  parts: { loss?: BodyLoss; url?: string } = {},
): SampleExchange {
  const bytes = Buffer.from(content);
  const cut = parts.loss === undefined ? 0 : 9;
  const body: SampleBody = {
    size: bytes.length + cut,
    bytes,
    ...(cut > 0 && { loss: parts.loss as BodyLoss }),
  };
  return sampleExchange({
    callerKey: KEY,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    request: { method: 'POST', headers, body, url: parts.url ?? 'http://h/p?a=1' },
    response: { headers, body },
  });
}

/** The log by way of the span is the log without it. */
function expectSameLog(sample: SampleExchange, lists: typeof DENY | typeof ALLOW | object): string {
  const record = recordOf(sample);
  const { attributes, log } = throughFilteredSpan(record, lists);
  expect(log).toEqual(logOf(record, logSettings(compilePolicy(lists))));
  const onSpan = JSON.stringify(attributes);
  expect(onSpan).not.toContain(KEY);
  return onSpan;
}

describe('with the lists applied on the span, the log is what it is without', () => {
  it.each(rows('body'))('body: %s %s, %s, %s', (list, entry, type, body) => {
    const cut = body?.includes('✂') ?? false;
    const headers = fields({ 'Content-Type': type as string });
    const sample = withBody(
      (body as string).replace('✂', ''),
      headers,
      cut ? { loss: 'truncated' } : {},
    );
    expectSameLog(sample, { [list as string]: [entry] });
  });

  it.each(rows('url'))('URL: %s %s, %s', (list, entry, url) => {
    const headers = fields({ Referer: `http://h${url}`, Location: url as string });
    expectSameLog(withBody('', headers, { url: `http://u:pw@h${url}` }), {
      [list as string]: [entry],
    });
  });

  const form = 'application/x-www-form-urlencoded';
  const multipart = 'multipart/form-data; boundary=b';
  const bodies: [string, string | Uint8Array, Record<string, string>, BodyLoss?][] = [
    [
      'JSON',
      `{"a":1,"password":"${SECRET}","x":{"deep":"${SECRET}"},"n":1.50}`,
      { 'Content-Type': 'application/json' },
    ],
    [
      'JSON that is cut',
      `{"a":1,"password":"${SECRET}","x":{"deep":"${SECRET}`,
      { 'Content-Type': 'application/json' },
      'truncated',
    ],
    [
      'JSON that is none',
      `{"a":1,"password":"${SECRET}",,`,
      { 'Content-Type': 'application/json' },
    ],
    ['JSON with escapes', `{"p\\u0061ssword":"${SECRET}"}`, { 'Content-Type': 'application/json' }],
    [
      'JSON that was packed',
      gzipSync(`{"a":1,"password":"${SECRET}"}`),
      { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
    ],
    [
      'packed by something unknown',
      Buffer.from(SECRET),
      { 'Content-Type': 'application/json', 'Content-Encoding': 'zz' },
    ],
    [
      'JSON in UTF-16',
      Buffer.from(`{"a":1,"password":"${SECRET}"}`, 'utf16le'),
      { 'Content-Type': 'application/json; charset=utf-16le' },
    ],
    ['lines', `{"a":1}\n{"password":"${SECRET}"}\n`, { 'Content-Type': 'application/x-ndjson' }],
    [
      'events',
      `data: {"a":1}\n\ndata: {"password":"${SECRET}"}\n\n`,
      { 'Content-Type': 'text/event-stream' },
    ],
    ['a form', `a=1&password=${SECRET}&access_token=${SECRET}`, { 'Content-Type': form }],
    [
      'a form with a value that looks redacted',
      'a=1&password=%5BREDACTED%203%5D',
      { 'Content-Type': form },
    ],
    [
      'multipart',
      `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${SECRET}\r\n--b--\r\n`,
      { 'Content-Type': multipart },
    ],
    [
      'multipart that is cut',
      `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${SECRET}`,
      { 'Content-Type': multipart },
      'truncated',
    ],
    ['plain text', 'hello', { 'Content-Type': 'text/plain' }],
    ['text with the caller’s key', `the key is ${KEY}`, { 'Content-Type': 'text/plain' }],
    ['JSON with the caller’s key', `{"a":"${KEY}"}`, { 'Content-Type': 'application/json' }],
    ['binary', Buffer.from('89504e470d0a1a0affd8', 'hex'), { 'Content-Type': 'image/png' }],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0, 1, 2]), {}],
    [
      'what is already redacted',
      `{"password":"[REDACTED 7]","a":"[REDACTED 7]"}`,
      { 'Content-Type': 'application/json' },
    ],
    ['left out for want of room', '', { 'Content-Type': 'application/json' }, 'buffer_full'],
    ['none', '', {}],
    [
      'of another language',
      `{"a":"été 身份 👍","password":"${SECRET}"}`,
      { 'Content-Type': 'application/json' },
    ],
  ];
  const cases = bodies.flatMap((row) =>
    [DENY, ALLOW, {}].map(
      (lists) => [row[0], Object.keys(lists)[0] ?? 'no list', row, lists] as const,
    ),
  );
  it.each(cases)('%s, %s', (_what, _list, [, content, headers, loss], lists) => {
    const sample = withBody(content, fields(headers), loss === undefined ? {} : { loss });
    const onSpan = expectSameLog(sample, lists);
    if (lists === DENY) {
      expect(onSpan).not.toContain(SECRET);
      expect(onSpan).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 8));
    }
  });

  it('in headers, cookies, and the media type', () => {
    const headers = fields({
      'Content-Type': 'application/json; charset=utf-8',
      Password: SECRET,
      'X-Shown': 'shown',
      Authorization: `Bearer ${KEY}`,
      Cookie: `a=${SECRET}; b`,
      'Set-Cookie': `a=${SECRET}; Path=/; HttpOnly`,
      Link: `</x?password=${SECRET}>; rel=next`,
    });
    for (const lists of [
      DENY,
      ALLOW,
      { denylist: ['content-type', 'cookie'] },
      { denylist: ['location', 'set-cookie'] },
    ]) {
      expect(expectSameLog(withBody('{"a":1}', headers), lists)).not.toContain(
        lists === DENY ? SECRET : 'nothing',
      );
    }
  });
});

describe('parameters of header fields', () => {
  it('are hidden on the span, and no second time in the log', () => {
    const headers = fields({ Prefer: `a=1; password=${SECRET}`, Digest: `b="password=${SECRET}"` });
    const { attributes, log } = throughFilteredSpan(recordOf(withBody('', headers)), DENY);
    expect(JSON.stringify(attributes)).not.toContain(SECRET);
    const [{ request, response }] = log.request.log.entries;
    for (const side of [request, response]) {
      expect(side.headers).toEqual([
        { name: 'Prefer', value: 'a=1; password=[REDACTED 7]' },
        { name: 'Digest', value: 'b="password=[REDACTED 7]"' },
      ]);
    }
    expectSameLog(withBody('', headers), DENY);
  });
});

describe('what would hold the event loop for more than 5 ms', () => {
  const NAMES = { denylist: ['password'] };
  const json = { 'Content-Type': 'application/json' };
  const long = (length: number) => {
    const start = `{"password":"${SECRET}","a":"`;
    return `${start}${'x'.repeat(length - start.length - 2)}"}`;
  };
  const through = (
    content: string | Uint8Array,
    headers: Record<string, string>,
    lists: object = NAMES,
  ) => throughFilteredSpan(recordOf(withBody(content, fields(headers))), lists);

  const bounds: [string, Record<string, string>, object, number][] = [
    ['JSON', json, NAMES, LONGEST_JSON],
    [
      'JSON in another charset',
      { 'Content-Type': 'application/json; charset=latin1' },
      NAMES,
      LONGEST_OTHER,
    ],
    ['all else', { 'Content-Type': 'text/plain' }, NAMES, LONGEST_OTHER],
  ];
  it.each(bounds)(
    'a long body is left out, and a comment says why: %s',
    (_what, headers, lists, most) => {
      expectSameLog(withBody(long(most), fields(headers)), lists);
      const { attributes, log } = through(long(most + 1), headers, lists);
      expect(JSON.stringify(attributes).length).toBeLessThan(5000);
      const [{ request, response }] = log.request.log.entries;
      const comment = `left out: longer than the ${most} bytes that filterSpans filters`;
      expect(request.postData).toMatchObject({ text: '', comment });
      expect(response.content).toMatchObject({ comment, size: most + 1 });
      expect(response.content.text).toBeUndefined();
      expect(request.bodySize).toBe(most + 1);
    },
  );

  it('a body is unpacked no further than that', () => {
    const { log } = through(gzipSync(long(9 * LONGEST_JSON)), {
      ...json,
      'Content-Encoding': 'gzip',
    });
    const { content } = log.request.log.entries[0].response;
    expect(content.comment).toContain('unpacks to more than');
    expect(JSON.stringify(log)).not.toContain(SECRET);
  });

  it('a content-encoding with a wide window is not undone', () => {
    const packed = brotliCompressSync(long(1000));
    const { attributes, log } = through(packed, { ...json, 'Content-Encoding': 'gzip, br' });
    expect(log.request.log.entries[0].response.content.comment).toBe(
      'left out: filterSpans does not undo this content-encoding',
    );
    expect(JSON.stringify(attributes)).not.toContain(packed.toString('base64').slice(0, 20));
  });

  it('values of header fields are left out when there are too many names in them', () => {
    const headers = {
      Referer: `http://h/?password=${SECRET}&a=1`,
      Cookie: `a=${'x'.repeat(3000)}`,
      'X-Long': `?password=${SECRET}&${'b=1&'.repeat(LONGEST_URL / 4)}`,
      'X-Plain': 'x'.repeat(3000),
    };
    const { attributes } = through('', headers);
    const shown = attributes['readme.request.headers'] as string[];
    const value = (name: string) => shown[shown.indexOf(name) + 1];
    expect(value('Referer')).toBe('http://h/?password=%5BREDACTED%207%5D&a=1');
    expect(value('Cookie')).toBe('a=[REDACTED 3000]');
    expect(value('X-Long')).toBe(`[REDACTED ${headers['X-Long'].length}]`);
    expect(value('X-Plain')).toBe(headers['X-Plain']);
  });

  it('the query of a long URL is left out', () => {
    const url = `http://h/p?a=1&password=${SECRET}&${'b&'.repeat(LONGEST_URL)}`;
    const { attributes, log } = throughFilteredSpan(recordOf(withBody('', [], { url })), NAMES);
    const { request } = log.request.log.entries[0];
    expect(request.url).toBe(`http://h/p?%5BREDACTED%20${url.length - 'http://h/p?'.length}%5D`);
    expect(JSON.stringify(attributes)).not.toContain(SECRET);
  });
});

describe('what the provider’s span limits have cut', () => {
  const sample = withBody(
    '{"a":"0123456789","b":1}',
    fields({ 'Content-Type': 'application/json' }),
  );

  it('is marked as cut', () => {
    const attributes = filteredAttributes(recordOf(sample), DENY);
    const cut = { ...attributes, 'http.response.body.content': '{"a":"0123' };
    const { content } = logOfAttributes(cut, sample.startTime, DENY).request.log.entries[0]
      .response;
    expect(content).toMatchObject({
      text: '{"a":"0123',
      comment: expect.stringContaining('span limits'),
    });
  });

  it('is left out where it cannot be read any more', () => {
    const multipart = `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n`;
    const headers = fields({ 'Content-Type': 'multipart/form-data; boundary=b' });
    const attributes = filteredAttributes(recordOf(withBody(multipart, headers)), DENY);
    const cut = { ...attributes, 'readme.request.body.params': '[{"name":"a"' };
    const { postData } = logOfAttributes(cut, sample.startTime, DENY).request.log.entries[0]
      .request;
    expect(postData).toMatchObject({ text: '', comment: expect.stringContaining('span limits') });
  });
});
