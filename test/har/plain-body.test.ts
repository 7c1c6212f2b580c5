import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeBody } from '../../src/har/body';
import type { ListEntry } from '../../src/redaction/path';
import { compilePolicy } from '../../src/redaction/policy';
import { CallerMasks } from '../../src/redaction/secrets';
import { SETTINGS, shownBody } from '../support/described-body';
import { fields } from '../support/sample-exchanges';

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

describe('a body that goes from bytes to bytes', () => {
  it('is shown as if it had been a string', () => {
    let plain = 0;
    const masks = new CallerMasks();
    fc.assert(
      fc.property(
        body,
        contentType,
        lists,
        fc.constantFrom(KEY, 'short', 'schlüssel-der-länger-ist', 'é€😀\u2028é€😀\u2028'),
        fc.constantFrom(undefined, 'truncated'),
        (bytes, type, list, key, loss) => {
          const held = { size: bytes.length + (loss ? 9 : 0), loss, bytes, isText: false } as const;
          const headers = fields({ 'content-type': type });
          const policy = compilePolicy(list);
          const { secrets } = masks.of(key);
          if ('plain' in describeBody(held, headers, policy, SETTINGS, secrets)) plain++;
          shownBody(held, headers, policy, SETTINGS, secrets);
        },
      ),
      { numRuns: 5000 },
    );
    expect(plain).toBeGreaterThan(300);
  });
});
