import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../src/redaction/policy';
import { validateHarEntry } from '../support/har-schema';
import { entryOf, fields, type SampleExchange, sampleExchange } from '../support/sample-exchanges';

const none = compilePolicy({});

function response(parts: Partial<SampleExchange['response']>, policy = none) {
  const record = sampleExchange({ response: parts });
  const built = entryOf(record, policy).response;
  expect(validateHarEntry({ ...entryOf(record, policy), response: built })).toEqual([]);
  return built;
}

describe('buildResponse', () => {
  it('describes a JSON answer', () => {
    expect(response({})).toEqual({
      status: 200,
      statusText: 'OK',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: fields({ 'Content-Type': 'application/json; charset=utf-8' }),
      content: {
        size: 11,
        mimeType: 'application/json; charset=utf-8',
        text: '{"id":"1"}\n',
      },
      redirectURL: '',
      headersSize: 120,
      bodySize: 11,
    });
  });

  it('describes an exchange without a response head', () => {
    const none = { status: 0, statusText: '', headers: [], headersSize: -1, body: { size: 0 } };
    expect(response(none)).toEqual({
      status: 0,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: [],
      content: { size: 0, mimeType: 'text/plain', text: '' },
      redirectURL: '',
      headersSize: -1,
      bodySize: 0,
    });
  });

  it('answers HTTP/1.0 in HTTP/1.1, as Node.js does', () => {
    const record = sampleExchange({ request: { httpVersion: '1.0' } });
    expect(entryOf(record, none).response.httpVersion).toBe('HTTP/1.1');
  });

  it('has cookies and the redirect URL from the headers that may leave', () => {
    const headers = fields({
      Location: '/next?token=marker&a=1',
      'Set-Cookie': 'sid=[REDACTED 8]; Path=/; HttpOnly',
    });
    const sent = response({ status: 302, headers });
    expect(sent.redirectURL).toBe('/next?token=marker&a=1');
    expect(sent.cookies).toEqual([
      { name: 'sid', value: '[REDACTED 8]', path: '/', httpOnly: true },
    ]);
    const denied = response({ headers }, compilePolicy({ denylist: ['token', 'set-cookie'] }));
    expect(denied.redirectURL).toMatch(/^\/next\?token=.*REDACTED.*&a=1$/);
    expect(denied.cookies).toEqual([]);
    expect(response({ headers }, compilePolicy({ allowlist: ['x'] })).redirectURL).toBe('');
  });

  it('tells what was decoded from what went over the wire', () => {
    const packed = gzipSync('{"name":"Owlbert"}');
    const headers = fields({ 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
    const { content, bodySize } = response({
      headers,
      body: { size: packed.length, bytes: packed },
    });
    expect(bodySize).toBe(packed.length);
    expect(content).toEqual({
      size: 18,
      mimeType: 'application/json',
      text: '{"name":"Owlbert"}',
    });
  });

  it('marks a binary body as base64', () => {
    const headers = fields({ 'content-type': 'application/x-protobuf' });
    expect(
      response({ headers, body: { size: 2, bytes: Buffer.from('ffff', 'hex') } }).content,
    ).toEqual({ size: 2, mimeType: 'application/x-protobuf', text: '//8=', encoding: 'base64' });
  });

  it('keeps size and type of an image, and leaves out the rest', () => {
    const headers = fields({ 'content-type': 'image/png' });
    expect(
      response({ headers, body: { size: 2, bytes: Buffer.from('ffff', 'hex') } }).content,
    ).toEqual({
      size: 2,
      mimeType: 'image/png',
      comment: 'left out: binary, and logBinaryBodies is false',
    });
  });

  it('shows multipart as text, and not at all where a list would have to filter it', () => {
    const headers = fields({ 'content-type': 'multipart/form-data; boundary=b' });
    const text = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n';
    const body = { size: text.length, text };
    expect(response({ headers, body }).content.text).toBe(text);
    const denied = response({ headers, body }, compilePolicy({ denylist: ['a'] }));
    expect(denied.content.text).toBe(`[REDACTED ${text.length} bytes: could not be filtered]`);
  });

  it('sends a form as text, filtered', () => {
    const headers = fields({ 'content-type': 'application/x-www-form-urlencoded' });
    const body = { size: 23, text: 'a=x%20y&token=marker%21' };
    expect(response({ headers, body }).content.text).toBe('a=x%20y&token=marker%21');
    const policy = compilePolicy({ denylist: ['token'] });
    expect(response({ headers, body }, policy).content.text).toBe(
      'a=x%20y&token=%5BREDACTED%207%5D',
    );
    const harmless = compilePolicy({ denylist: ['other'] });
    expect(response({ headers, body }, harmless).content.text).toBe(body.text);
  });

  it('has no text where the body is left out', () => {
    expect(response({ body: { size: 9, loss: 'buffer_full' } }).content).toEqual({
      size: 9,
      mimeType: 'application/json; charset=utf-8',
      comment: 'left out: maxBufferedBytes was used up',
    });
  });
});
