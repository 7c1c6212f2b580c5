import { isUtf8 } from 'node:buffer';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NameValue } from '../../src/record/record';
import { compilePolicy } from '../../src/redaction/policy';
import { validateHarEntry } from '../support/har-schema';
import {
  entryOf,
  fields,
  type SampleBody,
  type SampleExchange,
  type SampleParts,
  sampleExchange,
} from '../support/sample-exchanges';

const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'application/problem+json;charset="latin1"',
  'text/plain; charset=utf-7',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-16',
  'multipart/form-data; boundary=b',
  'text/event-stream',
  'application/x-ndjson',
  'image/png',
  'text/plain',
  ';;',
];

const anyText = fc.string({ unit: 'binary' });
const anyField = fc.record({
  name: fc.oneof(
    anyText,
    fc.constantFrom('Cookie', 'Set-Cookie', 'Location', 'Referer', 'content-encoding', 'secret'),
  ),
  value: fc.oneof(anyText, fc.constantFrom('a=b; Expires=Wed, 01 Jan 99999 00:00:00 GMT', 'gzip')),
});
const typeField = fc.constantFrom(...TYPES).map((value) => ({ name: 'Content-Type', value }));
const anyHeaders: fc.Arbitrary<NameValue[]> = fc
  .tuple(fc.array(anyField, { maxLength: 4 }), fc.array(typeField, { maxLength: 1 }))
  .map((parts) => parts.flat());
const anyContent = fc.oneof(
  fc.uint8Array(),
  fc.oneof(anyText, fc.json()).map((text) => new Uint8Array(Buffer.from(text))),
  fc.json().map((text) => new Uint8Array(gzipSync(text))),
);
const anyBody: fc.Arbitrary<SampleBody> = fc.oneof(
  fc.tuple(anyContent, fc.boolean()).map(([bytes, asText]): SampleBody => {
    if (!asText) return { size: bytes.length, bytes };
    const text = Buffer.from(bytes).toString();
    return { size: Buffer.byteLength(text), text };
  }),
  fc.tuple(anyContent, fc.nat()).map(([bytes, lost]): SampleBody => {
    return { size: bytes.length + lost, bytes, loss: 'truncated' };
  }),
  fc.nat().map((size): SampleBody => ({ size, loss: 'buffer_full' })),
  fc.nat().map((size): SampleBody => ({ size })),
);
const anyRecord: fc.Arbitrary<SampleExchange> = fc
  .record(
    {
      startTime: fc.double(),
      duration: fc.double(),
      wait: fc.double(),
      aborted: fc.boolean(),
      traceId: anyText,
      route: anyText,
      request: fc.record({
        method: anyText,
        url: fc.tuple(fc.constantFrom('http://h', 'https://a.b:1'), anyText).map((p) => p.join('')),
        httpVersion: fc.constantFrom('1.0', '1.1', '2.0'),
        headers: anyHeaders,
        body: anyBody,
      }),
      response: fc.record({
        status: fc.nat(599),
        statusText: anyText,
        headers: anyHeaders,
        headersSize: fc.integer({ min: -1 }),
        body: anyBody,
      }),
    },
    { requiredKeys: [] },
  )
  .map((parts) => sampleExchange(parts as SampleParts));
const anyPolicy = fc
  .constantFrom({}, { denylist: ['secret', 'a'] }, { allowlist: ['a', /^b/] }, { denylist: [/./] })
  .map((lists) => compilePolicy(lists));

describe('entryOf on any record', () => {
  it('never throws and always gives valid HAR', () => {
    fc.assert(
      fc.property(anyRecord, anyPolicy, (record, policy) => {
        const built = entryOf(record, policy);
        expect(validateHarEntry(JSON.parse(JSON.stringify(built)))).toEqual([]);
        const { wait, receive } = built.timings;
        expect(wait + receive).toBe(built.time);
        expect('postData' in built.request).toBe(record.request.body.size > 0);
      }),
      { numRuns: 2000 },
    );
  });
});

const MARKER = 'mArKeR';
const innocent = fc.constantFrom('a', 'b', 'é', 'x y', '&', '"', '\\', 'list[]');
const SECRET = 'secret';
/** Members or fields around one that the lists hide. */
const members = fc
  .tuple(fc.array(innocent, { maxLength: 3 }), fc.array(innocent, { maxLength: 3 }))
  .map(([before, after]) => [...before, SECRET, ...after]);
const secretly = (name: string) => (name === SECRET ? MARKER : 'v');
const asPairs = (names: string[]) => names.map((name): [string, string] => [name, secretly(name)]);
const asForm = (names: string[]) => new URLSearchParams(asPairs(names)).toString();
const structuredText = fc
  .tuple(members, fc.constantFrom('json', 'array', 'form', 'multipart', 'broken', 'lines'))
  .map(([names, format]) => {
    const json = JSON.stringify(Object.fromEntries(asPairs(names)));
    if (format === 'json') return json;
    if (format === 'array') return `[${json},${json}]`;
    if (format === 'form') return asForm(names);
    if (format === 'broken') return json.slice(0, -1);
    if (format === 'lines') return `${json}\n${json}\n`;
    return `--b\r\nContent-Disposition: form-data; name="secret"\r\n\r\n${MARKER}\r\n--b--\r\n`;
  });

type Encode = (bytes: Buffer) => Uint8Array;
const encodings: [string, Encode][] = [
  ['identity', (bytes) => bytes],
  ['gzip', (bytes) => gzipSync(bytes)],
  ['deflate', (bytes) => deflateSync(bytes)],
  ['gzip, br', (bytes) => brotliCompressSync(gzipSync(bytes))],
  ['zstd', (bytes) => bytes],
  ['gzip', (bytes) => bytes],
];
const structuredMessage = fc
  .record({
    text: structuredText,
    type: fc.constantFrom(...TYPES),
    encoding: fc.constantFrom(...encodings),
    charset: fc.constantFrom('utf8', 'utf16le', 'latin1'),
    mark: fc.boolean(),
    kept: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
    asText: fc.boolean(),
  })
  .map(({ text, type, encoding: [name, encode], charset, mark, kept, asText }) => {
    const written = Buffer.from(
      mark && charset !== 'latin1' ? `\ufeff${text}` : text,
      charset as BufferEncoding,
    );
    if (asText && isUtf8(written)) {
      const record = { size: written.length, text: written.toString('utf8') };
      return { headers: fields({ 'Content-Type': type }), body: record };
    }
    const bytes = encode(written);
    const body = { size: bytes.length, bytes: bytes.slice(0, Math.ceil(bytes.length * kept)) };
    return { headers: fields({ 'Content-Type': type, 'Content-Encoding': name }), body };
  });

/** The entry as ReadMe reads it: also what its base64 and its percent-encoding stand for. */
function everythingIn(built: ReturnType<typeof entryOf>): string {
  const json = JSON.stringify(built);
  const { postData } = built.request;
  const texts = [built.response.content.text, postData && 'text' in postData ? postData.text : ''];
  const unpacked = texts.map((text = '') => Buffer.from(text, 'base64').toString('latin1'));
  const asUtf16 = texts.map((text = '') => Buffer.from(text, 'utf16le').toString('latin1'));
  return [json, ...unpacked, ...asUtf16].join('\n').replaceAll('\0', '').replaceAll('\\u0000', '');
}

describe('entryOf with lists', () => {
  it('lets nothing out that a list hides, however a message is encoded, cut or mislabelled', () => {
    const lists = fc.constantFrom(
      { denylist: ['secret'] },
      { denylist: [/^SECRET$/i] },
      { allowlist: ['a', 'host', 'content-type'] },
    );
    fc.assert(
      fc.property(
        structuredMessage,
        structuredMessage,
        members,
        lists,
        (sent, answer, names, given) => {
          const secretField = [{ name: 'Secret', value: MARKER }];
          const location = [{ name: 'Location', value: `/x?${asForm(names)}` }];
          const record = sampleExchange({
            request: {
              url: `http://h/a?${asForm(names)}`,
              headers: [...sent.headers, ...secretField],
              body: sent.body,
            },
            response: {
              headers: [...answer.headers, ...secretField, ...location],
              body: answer.body,
            },
          });
          const built = entryOf(record, compilePolicy(given));
          expect(validateHarEntry(built)).toEqual([]);
          expect(everythingIn(built)).not.toContain(MARKER);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
