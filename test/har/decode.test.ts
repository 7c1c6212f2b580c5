import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeContent, decodeText } from '../../src/har/decode';

const PLAIN = Buffer.from('{"name":"Owlbert"}'.repeat(10));
const LIMIT = 1024 * 1024;

describe('decodeContent', () => {
  it.each<[string, Buffer]>([
    ['', PLAIN],
    ['identity', PLAIN],
    ['gzip', gzipSync(PLAIN)],
    ['X-GZip', gzipSync(PLAIN)],
    ['deflate', deflateSync(PLAIN)],
    ['deflate', deflateRawSync(PLAIN)],
    ['br', brotliCompressSync(PLAIN)],
    ['gzip, br', brotliCompressSync(gzipSync(PLAIN))],
    ['deflate,identity, gzip , br', brotliCompressSync(gzipSync(deflateSync(PLAIN)))],
    ['gzip', Buffer.concat([gzipSync(PLAIN.subarray(0, 9)), gzipSync(PLAIN.subarray(9))])],
  ])('undoes %j', (encoding, bytes) => {
    expect(Buffer.from(decodeContent(bytes, encoding, LIMIT) ?? []).equals(PLAIN)).toBe(true);
  });

  it('stacks five encodings and no more', () => {
    const encode = (times: number) =>
      Array.from({ length: times }).reduce<Buffer>((bytes) => gzipSync(bytes), PLAIN);
    expect(decodeContent(encode(5), 'gzip,gzip,gzip,gzip,gzip', LIMIT)?.length).toBe(PLAIN.length);
    expect(decodeContent(encode(6), 'gzip,gzip,gzip,gzip,gzip,gzip', LIMIT)).toBeUndefined();
  });

  it.each(['zstd', 'compress', 'constructor', '__proto__', 'toString', 'gzip, zstd'])(
    'does not know %j',
    (encoding) => {
      expect(decodeContent(gzipSync(PLAIN), encoding, LIMIT)).toBeUndefined();
    },
  );

  it('gives up on broken and on cut bytes', () => {
    for (const encoding of ['gzip', 'deflate', 'br']) {
      expect(decodeContent(PLAIN, encoding, LIMIT)).toBeUndefined();
    }
    expect(decodeContent(gzipSync(PLAIN).subarray(0, 30), 'gzip', LIMIT)).toBeUndefined();
    expect(decodeContent(new Uint8Array(), 'br', LIMIT)).toBeUndefined();
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['gzip', (bytes) => gzipSync(bytes)],
    ['deflate', (bytes) => deflateSync(bytes)],
    ['deflate', (bytes) => deflateRawSync(bytes)],
    ['br', (bytes) => brotliCompressSync(bytes)],
  ])('does not unpack a bomb in %s', (encoding, encode) => {
    expect(decodeContent(encode(Buffer.alloc(LIMIT + 1)), encoding, LIMIT)).toBeUndefined();
    expect(decodeContent(encode(Buffer.alloc(LIMIT)), encoding, LIMIT)?.length).toBe(LIMIT);
    expect(decodeContent(encode(PLAIN), encoding, 0)).toBeUndefined();
  });
});

describe('decodeText', () => {
  it.each<[string | undefined, string, string]>([
    [undefined, '436166c3a9', 'Café'],
    ['utf8', '436166c3a9', 'Café'],
    ['ISO-8859-1', '436166e9', 'Café'],
    ['windows-1251', 'cff0e8', 'При'],
    ['shift_jis', '82a0', 'あ'],
    ['utf-16le', '3d00e900', '=é'],
    ['utf-16be', '003d00e9', '=é'],
    [undefined, 'efbbbf41', 'A'],
    [undefined, 'fffe41004200', 'AB'],
    ['utf-8', 'feff0041', 'A'],
    ['utf-16', 'efbbbf41', 'A'],
    [undefined, '', ''],
  ])('reads text in %s', (charset, hex, expected) => {
    expect(decodeText(Buffer.from(hex, 'hex'), charset)).toBe(expected);
  });

  it.each<[string | undefined, string]>([
    [undefined, 'ff'],
    ['utf-8', '436166e9'],
    ['utf-8', '436166c3'],
    ['utf-16le', '410042'],
    ['utf-7', '41'],
    ['x-no-such-charset', '41'],
  ])('takes bytes for no text in %s', (charset, hex) => {
    expect(decodeText(Buffer.from(hex, 'hex'), charset)).toBeUndefined();
  });

  it.each<[string | undefined, string, string]>([
    [undefined, '436166c3', 'Caf'],
    [undefined, '41f09f92', 'A'],
    ['utf-16le', '410042', 'A'],
    ['shift_jis', '4182', 'A'],
  ])('drops a character that was cut in %s', (charset, hex, expected) => {
    expect(decodeText(Buffer.from(hex, 'hex'), charset, true)).toBe(expected);
    expect(decodeText(Buffer.from(`${hex}ff`, 'hex').subarray(0, -1), charset, true)).toBe(
      expected,
    );
  });
});
