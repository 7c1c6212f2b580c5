import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeContent, decodeText } from '../../src/har/decode';

const { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } = zlib;
/** Since Node.js 22.15 and 23.8. */
const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Uint8Array) => Buffer };

const PLAIN = Buffer.from('{"name":"Owlbert"}'.repeat(10));
const LIMIT = 1024 * 1024;
const ZSTD_MAGIC = '28b52ffd';

type Encode = (bytes: Uint8Array) => Buffer;
const ENCODERS: [string, Encode][] = [
  ['gzip', (bytes) => gzipSync(bytes)],
  ['deflate', (bytes) => deflateSync(bytes)],
  ['deflate', (bytes) => deflateRawSync(bytes)],
  ['br', (bytes) => brotliCompressSync(bytes)],
];
if (zstdCompressSync) ENCODERS.push(['zstd', (bytes) => zstdCompressSync(bytes)]);

/** Compresses to no less than half, so that a cut in the middle leaves something. */
const LONG = Buffer.from(
  Array.from({ length: 40_000 }, (_, n) =>
    ((n * 2_654_435_761) % 4_294_967_296).toString(16),
  ).join(),
);

describe('decodeContent', () => {
  it.each<[string, Buffer]>([
    ['', PLAIN],
    ['identity', PLAIN],
    ['X-GZip', gzipSync(PLAIN)],
    ['gzip, br', brotliCompressSync(gzipSync(PLAIN))],
    ['deflate,identity, gzip , br', brotliCompressSync(gzipSync(deflateSync(PLAIN)))],
    ['gzip', Buffer.concat([gzipSync(PLAIN.subarray(0, 9)), gzipSync(PLAIN.subarray(9))])],
    ...ENCODERS.map(([coding, encode]): [string, Buffer] => [coding, encode(PLAIN)]),
  ])('undoes %j', (encoding, bytes) => {
    const decoded = decodeContent(bytes, encoding, LIMIT);
    expect(decoded?.cut).toBeUndefined();
    expect(Buffer.from(decoded?.bytes ?? []).equals(PLAIN)).toBe(true);
  });

  it.each([
    'none',
    'UTF-8',
    'utf8',
    '8bit',
    '7bit',
    'binary',
    'aws-chunked',
    'chunked',
    'none, gzip',
  ])('takes %j for no coding', (encoding) => {
    const bytes = encoding.endsWith('gzip') ? gzipSync(PLAIN) : PLAIN;
    expect(Buffer.from(decodeContent(bytes, encoding, LIMIT)?.bytes ?? []).equals(PLAIN)).toBe(
      true,
    );
  });

  it('stacks five encodings and no more', () => {
    const encode = (times: number) =>
      Array.from({ length: times }).reduce<Buffer>((bytes) => gzipSync(bytes), PLAIN);
    const five = decodeContent(encode(5), 'gzip,gzip,gzip,gzip,gzip', LIMIT);
    expect(five?.bytes.length).toBe(PLAIN.length);
    expect(decodeContent(encode(6), 'gzip,gzip,gzip,gzip,gzip,gzip', LIMIT)).toBeUndefined();
  });

  it.each(['zstd', 'compress', 'constructor', '__proto__', 'toString', 'gzip, zstd'])(
    'does not read gzip as %j',
    (encoding) => {
      expect(decodeContent(gzipSync(PLAIN), encoding, LIMIT)).toBeUndefined();
    },
  );

  it('gives up on broken bytes', () => {
    for (const [encoding] of ENCODERS) {
      expect(decodeContent(PLAIN, encoding, LIMIT)).toBeUndefined();
    }
    expect(decodeContent(new Uint8Array(), 'br', LIMIT)).toBeUndefined();
  });

  it.each(ENCODERS)('returns what decodes of %s that ends early', (encoding, encode) => {
    const packed = encode(LONG);
    const half = decodeContent(packed.subarray(0, packed.length * 0.7), encoding, LIMIT);
    // Node.js 22 does not tell of zstd.
    if (encoding !== 'zstd') expect(half?.cut).toBe('early-end');
    const { length } = half?.bytes ?? [];
    expect(length).toBeGreaterThan(LONG.length / 4);
    expect(LONG.subarray(0, length).equals(half?.bytes ?? Buffer.alloc(0))).toBe(true);
    if (encoding !== 'zstd') {
      expect(decodeContent(packed.subarray(0, 1), encoding, LIMIT)).toBeUndefined();
    }
  });

  it('returns what decodes of stacked encodings that end early', () => {
    const packed = brotliCompressSync(gzipSync(LONG));
    const half = decodeContent(packed.subarray(0, packed.length / 2), 'gzip, br', LIMIT);
    expect(half?.cut).toBe('early-end');
    expect(LONG.subarray(0, half?.bytes.length).equals(half?.bytes ?? PLAIN)).toBe(true);
  });

  it.each(ENCODERS)('unpacks no more of a bomb in %s than it may', (encoding, encode) => {
    const bomb = encode(Buffer.alloc(50 * LIMIT, 'a'));
    for (const limit of [LIMIT, 1000, 64, 10, 1]) {
      const decoded = decodeContent(bomb, encoding, limit);
      expect(decoded?.cut).toBe('too-long');
      expect(Buffer.alloc(limit, 'a').equals(decoded?.bytes ?? PLAIN)).toBe(true);
    }
    expect(decodeContent(bomb, encoding, 0)).toBeUndefined();
    const exact = decodeContent(encode(Buffer.alloc(LIMIT)), encoding, LIMIT);
    expect([exact?.bytes.length, exact?.cut]).toEqual([LIMIT, undefined]);
  });

  it('says of a bomb within gzip that it is longer, and ends early', () => {
    const bomb = gzipSync(brotliCompressSync(LONG));
    const decoded = decodeContent(bomb, 'br, gzip', 50_000);
    expect(decoded?.cut).toBe('too-long');
    expect(LONG.subarray(0, decoded?.bytes.length).equals(decoded?.bytes ?? PLAIN)).toBe(true);
  });

  it('bounds memory: a thousand bombs leave nothing behind', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * LIMIT));
    decodeContent(bomb, 'gzip', LIMIT);
    const before = process.memoryUsage().rss;
    for (let count = 0; count < 1000; count++) {
      decodeContent(bomb, 'gzip', LIMIT);
      // As the pipeline does after 5 ms of work.
      if (count % 10 === 0) await new Promise(setImmediate);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * LIMIT);
  });

  it('returns a beginning of the body, or nothing, for any beginning of its encoding', () => {
    const body = fc.uint8Array({ maxLength: 3000 });
    const coder = fc.constantFrom(...ENCODERS);
    fc.assert(
      fc.property(body, coder, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(4000), check),
      { numRuns: 500 },
    );
    function check(
      plain: Uint8Array,
      [encoding, encode]: [string, Encode],
      at: number,
      most: number,
    ) {
      const packed = encode(plain);
      const decoded = decodeContent(packed.subarray(0, packed.length * at), encoding, most);
      const bytes = decoded?.bytes ?? new Uint8Array();
      expect(bytes.length).toBeLessThanOrEqual(most);
      expect(Buffer.from(plain.subarray(0, bytes.length)).equals(bytes)).toBe(true);
    }
  });

  it('never throws, whatever the bytes', () => {
    const magic = fc.constantFrom('', '1f8b08', '789c', ZSTD_MAGIC, '1b');
    fc.assert(
      fc.property(
        magic,
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(...ENCODERS),
        (start, rest, [encoding]) => {
          const bytes = Buffer.concat([Buffer.from(start, 'hex'), rest]);
          expect(() => decodeContent(bytes, encoding, LIMIT)).not.toThrow();
        },
      ),
      { numRuns: 1000 },
    );
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
