import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogEncoder } from '../../src/har/log-encoder';
import { buildLog } from '../../src/har/readme-log';
import { readRecord } from '../../src/record/read-record';
import type { RecordSource } from '../../src/record/record';
import { writeRecord } from '../../src/record/write-record';
import { compilePolicy, type ListEntry } from '../../src/redaction/policy';
import { CallerMasks } from '../../src/redaction/secrets';

const KEY = 'owlbert-api-key';
/** What matters in a body: keys in all spellings, names, letters beyond ASCII, escapes, broken UTF-8. */
const PIECES = [
  KEY,
  'owlbert%2dapi-key',
  'owlbert\\u002dapi-key',
  'schlüssel-der-länger-ist',
  '"password":',
  '"pass\\u0077ord":',
  '"to\u212aen":',
  '{"a":',
  '}',
  '"',
  '\\',
  'é€😀\u2028',
  '\0',
  '\ufeff',
  'x'.repeat(300),
  '%E9',
];
const document = fc
  .record({ name: fc.constantFrom('a', 'password', 'é', 'pass'), text: fc.constantFrom(...PIECES) })
  .map(({ name, text }) => Buffer.from(JSON.stringify({ [name]: text, b: 'x'.repeat(300) })));
const messy = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 5 })), { maxLength: 12 })
  .chain((pieces) =>
    fc
      .option(fc.constantFrom(Buffer.of(0xff), Buffer.of(0xc3), Buffer.of(0xef, 0xbb, 0xbf)))
      .map((broken) => Buffer.concat([...(broken ? [broken] : []), Buffer.from(pieces.join(''))])),
  );
const body = fc.oneof(document, messy);
const contentType = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=latin1',
  'text/plain',
  'text/html; charset=UTF-8',
  'application/x-www-form-urlencoded',
  'image/png',
  '',
);
const lists = fc.constantFrom<{ denylist?: ListEntry[]; allowlist?: ListEntry[] }>(
  {},
  { denylist: ['password', 'token'] },
  { denylist: [/pass/] },
  { allowlist: ['a'] },
);

function exchange(
  type: string,
  bytes: Buffer,
  callerKey: string,
  others: Partial<RecordSource> = {},
): RecordSource {
  return {
    logId: '7b1e0c5e-6f1d-4f0e-9a55-0d7d8d7a2f10',
    startTime: 0,
    duration: 1,
    wait: 1,
    aborted: false,
    traceId: undefined,
    route: undefined,
    clientAddress: '',
    callerKey,
    groupId: undefined,
    label: undefined,
    email: undefined,
    method: 'POST',
    url: 'http://localhost/',
    httpVersion: '1.1',
    requestHeaders: ['Content-Type', type],
    requestBody: { size: bytes.length, loss: undefined, blocks: [bytes] },
    status: 0,
    statusText: '',
    responseHeaders: [],
    responseHeadersSize: -1,
    responseHead: `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n\r\n`,
    responseBody: { size: bytes.length, loss: undefined, blocks: [bytes] },
    ...others,
  };
}

describe('the JSON of a log', () => {
  it('is the same whether or not its bodies were ever strings', () => {
    let verbatim = 0;
    fc.assert(
      fc.property(
        body,
        contentType,
        lists,
        fc.constantFrom(KEY, 'short', 'schlüssel-der-länger-ist', 'é€😀\u2028é€😀\u2028'),
        fc.constantFrom(undefined, 'Ōwl "label"'),
        (bytes, type, list, key, label) => {
          const settings = {
            development: false,
            policy: compilePolicy(list),
            masks: new CallerMasks(),
            bodies: { maxBodyBytes: 1e6, logBinaryBodies: false },
          };
          const record = readRecord(writeRecord(exchange(type, bytes, key, { label })));
          const encoder = new LogEncoder();
          const bodies = {
            ...settings.bodies,
            verbatim: (utf8: string) => {
              verbatim++;
              return encoder.verbatim(utf8);
            },
          };
          const json = encoder.encode(buildLog(record, { ...settings, bodies }));
          expect(JSON.parse(json.toString())).toEqual(
            JSON.parse(JSON.stringify(buildLog(record, settings))),
          );
        },
      ),
      { numRuns: 3000 },
    );
    expect(verbatim).toBeGreaterThan(100);
  });
});
