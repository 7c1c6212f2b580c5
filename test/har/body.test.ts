import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  allow,
  bytes,
  deny,
  described,
  FORM,
  none,
  PNG,
  SETTINGS,
  text,
} from '../support/described-body';
import type { SampleBody } from '../support/sample-exchanges';

describe('describeBody without lists', () => {
  it('sends text as it is', () => {
    const json = '{ "id": 12345678901234567890,\n "id": "é" }';
    expect(described(text(json), 'application/json')).toEqual({
      size: Buffer.byteLength(json),
      content: { kind: 'text', text: json },
    });
    expect(described(text('plain'), undefined).content).toEqual({ kind: 'text', text: 'plain' });
    expect(described(text('{"a":'), 'text/json').content).toEqual({ kind: 'text', text: '{"a":' });
  });

  it('counts decoded bytes as the size', () => {
    const json = '{"name":"Owlbert"}';
    const packed = bytes(gzipSync(brotliCompressSync(json)));
    const headers = { 'content-encoding': 'br, gzip' };
    expect(described(packed, 'application/json', none, headers)).toEqual({
      size: json.length,
      content: { kind: 'text', text: json },
    });
  });

  it('reads the charset of the Content-Type, quoted, broken or wrong', () => {
    const latin1 = bytes(Buffer.from('Café', 'latin1'));
    for (const charset of ['iso-8859-1', '"ISO-8859-1"', "'latin1'", 'latin1; ;', 'latin1;;']) {
      expect(described(latin1, `text/plain; charset=${charset}`).content).toEqual({
        kind: 'text',
        text: 'Café',
      });
    }
    for (const charset of ['no-such', 'utf-8', '']) {
      expect(described(latin1, `text/plain; charset=${charset}`).content.kind).toBe('base64');
    }
    expect(described(text('Café'), 'text/plain; charset=no-such').content).toEqual({
      kind: 'text',
      text: 'Café',
    });
  });

  it('reads text that was kept as UTF-8 in the charset that the Content-Type names', () => {
    expect(described(text('A\0B\0'), 'text/plain; charset=utf-16le')).toEqual({
      size: 4,
      content: { kind: 'text', text: 'AB' },
    });
    expect(described(text('\ufeff{}'), 'application/json')).toEqual({
      size: 5,
      content: { kind: 'text', text: '{}' },
    });
  });

  it('never undoes the content-encoding of text', () => {
    expect(described(text('hello'), 'text/plain', none, { 'content-encoding': 'gzip' })).toEqual({
      size: 5,
      content: { kind: 'text', text: 'hello' },
    });
  });

  it('sends as base64 what is no text', () => {
    expect(described(bytes(PNG), 'application/x-protobuf')).toEqual({
      size: PNG.length,
      content: { kind: 'base64', text: PNG.toString('base64') },
    });
    const zstd = bytes(Buffer.from('ascii, and not decoded'));
    expect(described(zstd, 'text/plain', none, { 'content-encoding': 'zstd' })).toEqual({
      size: 22,
      content: { kind: 'base64', text: Buffer.from('ascii, and not decoded').toString('base64') },
    });
  });

  it('reads form fields, and JSON that came as a form', () => {
    expect(described(text('a=1&b=x+y'), `${FORM}; charset=UTF-8`).content).toEqual({
      kind: 'form',
      params: [
        { name: 'a', value: '1' },
        { name: 'b', value: 'x y' },
      ],
      text: 'a=1&b=x+y',
    });
    for (const json of ['{"a":1}', ' [1, 2]\n']) {
      expect(described(text(json), FORM).content).toEqual({ kind: 'text', text: json });
    }
    expect(described(text('[a]=1'), FORM).content.kind).toBe('form');
    expect(described(bytes(PNG), FORM).content.kind).toBe('base64');
  });

  it('leaves out what nobody reads in a log, unless the option says otherwise', () => {
    const leftOut = {
      size: PNG.length,
      content: { kind: 'left-out' },
      comment: 'left out: binary, and logBinaryBodies is false',
    };
    for (const type of [
      'image/png',
      'IMAGE/JPEG; q=1',
      'audio/mpeg',
      'video/mp4',
      'font/woff2',
      'application/octet-stream',
      'application/pdf',
      'application/zip',
      'application/gzip',
      'application/x-tar',
      'application/wasm',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ]) {
      expect(described(bytes(PNG), type), type).toEqual(leftOut);
      expect(described(bytes(PNG), type, deny), type).toEqual(leftOut);
      const settings = { ...SETTINGS, logBinaryBodies: true };
      expect(described(bytes(PNG), type, none, {}, settings), type).toEqual({
        size: PNG.length,
        content: { kind: 'base64', text: PNG.toString('base64') },
      });
    }
    expect(described(text('%PDF-1.7'), 'application/pdf').content.kind).toBe('left-out');
    expect(described(text('a\0b'), 'application/octet-stream').content.kind).toBe('left-out');
  });

  it('keeps text, JSON and SVG under a type of binary', () => {
    for (const [body, type] of [
      ['<svg/>', 'image/svg+xml'],
      ['plain', 'application/octet-stream'],
      ['{"a":1}', 'image/png'],
    ]) {
      expect(described(text(body as string), type).content).toEqual({ kind: 'text', text: body });
    }
    expect(described(bytes(PNG), undefined).content.kind).toBe('base64');
  });

  it('sends multipart as fields, and as it is when it cannot be read', () => {
    const body = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n';
    const type = 'multipart/form-data; boundary=b';
    expect(described(text(body), type).content).toEqual({
      kind: 'multipart',
      params: [{ name: 'a', value: '1' }],
      unparsed: { kind: 'text', text: body },
    });
    for (const other of ['multipart/form-data', 'multipart/form-data; boundary=c', 'multipart/x']) {
      expect(described(text(body), other).content).toEqual({ kind: 'text', text: body });
    }
  });

  it('says how much of a truncated body was kept, and drops a character that was cut', () => {
    const body: SampleBody = {
      size: 100,
      bytes: Buffer.from('Café').subarray(0, 4),
      loss: 'truncated',
    };
    const expected = {
      size: 100,
      content: { kind: 'text', text: 'Caf' },
      comment: 'truncated: 4 of 100 bytes kept',
    };
    expect(described(body, 'text/plain')).toEqual(expected);
    expect(
      described(
        { size: 100, bytes: Buffer.from('Caf\xc3', 'latin1'), loss: 'truncated' },
        undefined,
      ),
    ).toEqual(expected);
    expect(described({ size: 9, text: 'a\ud83d', loss: 'truncated' }, 'text/plain')).toEqual({
      size: 9,
      content: { kind: 'text', text: 'a' },
      comment: 'truncated: 1 of 9 bytes kept',
    });
    const json: SampleBody = { size: 20, text: '{"a":"b', loss: 'truncated' };
    expect(described(json, FORM).content).toEqual({ kind: 'text', text: '{"a":"b' });
    const packed = gzipSync('hello').subarray(0, 12);
    expect(
      described({ size: 25, bytes: packed, loss: 'truncated' }, 'text/plain', none, {
        'content-encoding': 'gzip',
      }),
    ).toEqual({
      size: 25,
      content: { kind: 'text', text: 'h' },
      comment: 'truncated: 12 of 25 bytes kept',
    });
    const whole = { size: 12, bytes: packed };
    expect(described(whole, 'text/plain', none, { 'content-encoding': 'gzip' })).toEqual({
      size: 12,
      content: { kind: 'text', text: 'h' },
      comment: 'truncated: its content-encoding ends early',
    });
    expect(described({ size: 7, loss: 'truncated' }, 'text/plain').comment).toBe(
      'truncated: 0 of 7 bytes kept',
    );
  });

  it('has nothing to withhold of a body that unpacks to nothing', () => {
    const empty = bytes(gzipSync(''));
    const headers = { 'content-encoding': 'gzip' };
    for (const policy of [none, deny, allow]) {
      expect(described(empty, 'application/json', policy, headers)).toEqual({
        size: 0,
        content: { kind: 'text', text: '' },
      });
    }
    expect(described({ size: 0 }, 'application/json', deny, headers).content).toEqual({
      kind: 'text',
      text: '',
    });
  });

  it('names the reason why a body was not kept', () => {
    for (const policy of [none, deny, allow]) {
      expect(described({ size: 7, loss: 'buffer_full' }, 'application/json', policy)).toEqual({
        size: 7,
        content: { kind: 'left-out' },
        comment: 'left out: maxBufferedBytes was used up',
      });
    }
  });
});
