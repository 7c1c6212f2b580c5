import { describe, expect, it } from 'vitest';
import { decodeUtf32 } from '../../src/har/utf-32';
import { compilePolicy, type Policy } from '../../src/redaction/policy';
import { entryOf, fields, sampleExchange } from '../support/sample-exchanges';

const NONE = compilePolicy({});
const TEXT = '{"name":"Owlbért 🦉","token":"s3cr3t-owl"}';
const ORDERS = ['le', 'be'] as const;

function utf32(text: string, order: 'le' | 'be'): Buffer {
  const codes = Array.from(text, (character) => character.codePointAt(0) as number);
  const bytes = Buffer.alloc(4 * codes.length);
  for (const [index, code] of codes.entries()) {
    if (order === 'le') bytes.writeUInt32LE(code, 4 * index);
    else bytes.writeUInt32BE(code, 4 * index);
  }
  return bytes;
}

function contentOf(bytes: Buffer, type: string, policy: Policy = NONE, callerKey?: string) {
  const exchange = sampleExchange({
    ...(callerKey !== undefined && { callerKey }),
    response: {
      headers: fields({ 'Content-Type': type }),
      body: { size: bytes.length, bytes },
    },
  });
  return entryOf(exchange, policy).response.content;
}

describe.each(ORDERS)('a body in UTF-32 (%s)', (order) => {
  it.each([
    ['application/json; charset=utf-32', `\ufeff${TEXT}`],
    [`application/json; charset=UTF-32${order.toUpperCase()}`, TEXT],
    ['application/json', `\ufeff${TEXT}`],
    ['application/json', TEXT],
    ['text/plain', TEXT],
  ])('is the text that it is: %s, %j', (type, text) => {
    const bytes = utf32(text, order);
    expect(contentOf(bytes, type)).toMatchObject({ text: TEXT, size: bytes.length });
  });

  it.each(['application/json; charset=utf-32', 'application/json', 'text/plain'])(
    'has no denied value and no key: %s',
    (type) => {
      const bytes = utf32(`\ufeff${TEXT}`, order);
      const policy = compilePolicy({ denylist: ['token'] });
      expect(contentOf(bytes, type, policy).text ?? '').not.toContain('s3cr3t');
      const masked = contentOf(bytes, type, NONE, 's3cr3t-owl');
      expect(JSON.stringify(masked).replaceAll('\\u0000', '')).not.toContain('s3cr3t');
    },
  );

  it('is none where it has no text in it, or is cut', () => {
    expect(decodeUtf32(Buffer.from([0, 0, 0, 0x61, 0, 0, 0xd8, 0]), 'utf-32be', false)).toBe(
      undefined,
    );
    const cut = utf32(TEXT, order).subarray(0, 4 * 9 + 2);
    expect(decodeUtf32(cut, `utf-32${order}`, false)).toBeUndefined();
    expect(decodeUtf32(cut, `utf-32${order}`, true)).toBe(TEXT.slice(0, 9));
  });
});

it('is not taken for UTF-32: UTF-16, UTF-8, and what is no text', () => {
  for (const bytes of [
    Buffer.from('\ufeffowls', 'utf16le'),
    Buffer.from('owls and more', 'utf8'),
    Buffer.alloc(16),
    Buffer.from([0, 0, 0, 1, 2, 3, 4, 5]),
  ]) {
    expect(decodeUtf32(bytes, undefined, false)).toBeUndefined();
  }
  expect(decodeUtf32(utf32(TEXT, 'le'), 'utf-8', false)).toBeUndefined();
});
