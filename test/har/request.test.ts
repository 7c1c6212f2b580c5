import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../src/redaction/policy';
import { validateHarEntry } from '../support/har-schema';
import { entryOf, fields, type SampleExchange, sampleExchange } from '../support/sample-exchanges';

const none = compilePolicy({});

function request(parts: Partial<SampleExchange['request']>, policy = none) {
  const record = sampleExchange({ request: parts });
  const built = entryOf(record, policy).request;
  expect(validateHarEntry({ ...entryOf(record, policy), request: built })).toEqual([]);
  return built;
}

function posted(body: SampleExchange['request']['body'], type?: string, policy = none) {
  const headers = type === undefined ? [] : fields({ 'content-type': type });
  return request({ method: 'POST', headers, body }, policy).postData;
}

describe('buildRequest', () => {
  it('describes a request without a body', () => {
    const headers = fields({ Host: 'api.example.com', cookie: 'sid=[REDACTED 8]' });
    expect(request({ headers })).toEqual({
      method: 'GET',
      url: 'https://api.example.com/users/1?page=2',
      httpVersion: 'HTTP/1.1',
      cookies: [{ name: 'sid', value: '[REDACTED 8]' }],
      headers,
      queryString: [{ name: 'page', value: '2' }],
      headersSize: -1,
      bodySize: 0,
    });
    expect(request({ httpVersion: '1.0' }).httpVersion).toBe('HTTP/1.0');
  });

  it('keeps the URL as the client sent it, but for what no URI may hold', () => {
    const url = 'https://API.example.com:80/a//b/../{c}|?q=%2f&q=[1]&x="`^\\';
    expect(request({ url }).url).toBe(
      'https://API.example.com:80/a//b/../%7Bc%7D%7C?q=%2f&q=%5B1%5D&x=%22%60%5E%5C',
    );
    // Node.js hands over the bytes of a request line as latin1.
    const raw = Buffer.from('http://h/é?q=a b\t€').toString('latin1');
    expect(request({ url: raw }).url).toBe('http://h/%C3%A9?q=a%20b%09%E2%82%AC');
    expect(request({ url: 'http://h/\u20ac\ud83e\udd89\ud800' }).url).toBe(
      'http://h/%E2%82%AC%F0%9F%A6%89%EF%BF%BD',
    );
  });

  it('hides a query parameter whose name came as raw UTF-8', () => {
    const policy = compilePolicy({ denylist: ['clé'] });
    const url = Buffer.from('http://h/?clé=marker').toString('latin1');
    expect(JSON.stringify(request({ url }, policy))).not.toContain('marker');
  });

  it('shows a body as text, with the Content-Type as sent', () => {
    const body = { size: 7, text: '{"a":1}' };
    expect(posted(body, 'Application/JSON; Charset=utf-8')).toEqual({
      mimeType: 'Application/JSON; Charset=utf-8',
      text: '{"a":1}',
    });
    expect(posted(body)).toEqual({ mimeType: 'text/plain', text: '{"a":1}' });
    expect(request({ body }).bodySize).toBe(7);
  });

  it('shows a form as params', () => {
    expect(posted({ size: 3, text: 'a=1' }, 'application/x-www-form-urlencoded')).toEqual({
      mimeType: 'application/x-www-form-urlencoded',
      params: [{ name: 'a', value: '1' }],
    });
  });

  it('shows a binary body as base64 and says so', () => {
    expect(
      posted({ size: 2, bytes: Buffer.from('ffff', 'hex') }, 'application/x-protobuf'),
    ).toEqual({
      mimeType: 'application/x-protobuf',
      text: '//8=',
      comment: 'base64',
    });
    expect(
      posted(
        { size: 9, bytes: Buffer.from('ffff', 'hex'), loss: 'truncated' },
        'application/x-protobuf',
      )?.comment,
    ).toBe('base64; truncated: 2 of 9 bytes kept');
  });

  it('shows multipart as params, with files as data URLs', () => {
    const body = [
      '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
      '--b\r\nContent-Disposition: form-data; name="f"; filename="é.csv"\r\nContent-Type: text/csv\r\n\r\nx,y',
      '--b--\r\n',
    ].join('\r\n');
    const mimeType = 'multipart/form-data; boundary=b';
    expect(posted({ size: Buffer.byteLength(body), text: body }, mimeType)).toEqual({
      mimeType,
      params: [
        { name: 'a', value: '1' },
        {
          name: 'f',
          value: 'data:text/csv;name=%C3%A9.csv;base64,eCx5',
          fileName: 'é.csv',
          contentType: 'text/csv',
        },
      ],
    });
  });

  it('has an empty text and a comment where the body is left out', () => {
    expect(posted({ size: 9, loss: 'buffer_full' }, 'text/plain')).toEqual({
      mimeType: 'text/plain',
      text: '',
      comment: 'left out: maxBufferedBytes was used up',
    });
    const policy = compilePolicy({ allowlist: ['name'] });
    expect(posted({ size: 5, text: 'hello' }, 'text/plain', policy)).toEqual({
      mimeType: 'text/plain',
      text: '',
      comment: 'left out: not on the allowlist',
    });
  });

  it('has no cookies when the Cookie header is denied or not allowed', () => {
    const headers = fields({ Cookie: 'sid=[REDACTED 8]', 'Content-Type': 'text/marker' });
    const denied = request(
      { headers, body: { size: 1, text: 'a' } },
      compilePolicy({ denylist: ['cookie', 'content-type'] }),
    );
    expect(denied.cookies).toEqual([]);
    expect(denied.headers.map(({ name }) => name)).toEqual(['Cookie', 'Content-Type']);
    expect(JSON.stringify(denied)).not.toContain('marker');
    const unlisted = request({ headers }, compilePolicy({ allowlist: ['page'] }));
    expect(unlisted.cookies).toEqual([]);
    expect(unlisted.headers).toEqual([]);
    expect(unlisted.queryString).toEqual([{ name: 'page', value: '2' }]);
  });
});
