import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaveBodiesOut, readRecord } from '../../src/record/read-record';
import type { BodySource, RecordSource } from '../../src/record/record';
import { writeRecord } from '../../src/record/write-record';

const latin1 = fc
  .array(fc.integer({ min: 0, max: 255 }))
  .map((codes) => String.fromCharCode(...codes));
const text = fc.oneof(latin1, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
const optional = fc.option(
  text.filter((some) => some !== ''),
  { nil: undefined },
);
const flat = fc.array(fc.tuple(text, text), { maxLength: 400 }).map((pairs) => pairs.flat());
const body: fc.Arbitrary<BodySource> = fc.record({
  size: fc.nat(2 ** 40),
  loss: fc.constantFrom(undefined, 'truncated', 'buffer_full'),
  blocks: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }),
  isText: fc.boolean(),
});
const millis = fc.double({ noNaN: true, min: 0, max: 1e15 });

const source: fc.Arbitrary<RecordSource> = fc.record({
  logId: fc.uuid(),
  startTime: millis,
  duration: millis,
  wait: fc.option(millis, { nil: undefined }),
  aborted: fc.boolean(),
  traceId: optional,
  route: optional,
  clientAddress: text,
  callerKey: optional,
  groupId: optional,
  label: optional,
  email: optional,
  method: text,
  url: text,
  httpVersion: text,
  requestHeaders: flat,
  requestBody: body,
  responseHead: fc.constant(undefined),
  status: fc.nat(999),
  statusText: text,
  responseHeaders: flat,
  responseHeadersSize: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
  responseBody: body,
});

/** A record somewhere in larger memory, as it lies in a message between threads. */
function moved(record: Uint8Array, by: number): Uint8Array {
  const memory = new Uint8Array(record.length + by);
  memory.set(record, by);
  return memory.subarray(by);
}

describe('a record', () => {
  it('says what was written into it, wherever it lies in memory', () => {
    fc.assert(
      fc.property(source, fc.nat(15), (given, by) => {
        const record = moved(writeRecord(given), by);
        const read = readRecord(record);
        for (const [name, value] of Object.entries(given)) {
          if (name.endsWith('Body') || name.endsWith('Headers') || name === 'responseHead')
            continue;
          const expected = value ?? (name === 'wait' ? undefined : '');
          expect(read[name as keyof typeof read], name).toEqual(expected);
        }
        for (const side of ['request', 'response'] as const) {
          const flat = read[`${side}Headers`].flatMap((pair) => [pair.name, pair.value]);
          expect(flat).toEqual(given[`${side}Headers`]);
          const { blocks, ...others } = given[`${side}Body`];
          const { bytes, ...rest } = read[`${side}Body`];
          expect(rest).toEqual(others);
          expect(bytes.equals(Buffer.concat(blocks))).toBe(true);
        }
        expect(read.bodiesLeftOut).toBe(false);
        leaveBodiesOut(record);
        expect(readRecord(record)).toEqual({ ...read, bodiesLeftOut: true });
      }),
    );
  });

  it('takes status, reason phrase and header fields from the head as it was sent', () => {
    const [given] = fc.sample(source, 1) as [RecordSource];
    const head = 'HTTP/1.1 201 Made it\r\nSet-Cookie: a=1\r\nset-cookie:b=2 \r\nX: ä:b\r\n\r\n';
    const read = readRecord(writeRecord({ ...given, responseHead: head }));
    expect(read.status).toBe(201);
    expect(read.statusText).toBe('Made it');
    expect(read.responseHeadersSize).toBe(Buffer.byteLength(head, 'latin1'));
    expect(read.responseHeaders).toEqual([
      { name: 'Set-Cookie', value: 'a=1' },
      { name: 'set-cookie', value: 'b=2' },
      { name: 'X', value: 'ä:b' },
    ]);
  });

  it('of a head without a reason phrase has an empty one', () => {
    const [given] = fc.sample(source, 1) as [RecordSource];
    for (const line of ['HTTP/1.1 204 ', 'HTTP/1.1 204']) {
      const read = readRecord(writeRecord({ ...given, responseHead: `${line}\r\n\r\n` }));
      expect([read.status, read.statusText, read.responseHeaders]).toEqual([204, '', []]);
    }
  });

  it('is as long as its texts and bodies, and 4 bytes for each text', () => {
    const [given] = fc.sample(source, 1) as [RecordSource];
    const long = { ...given, requestHeaders: Array.from({ length: 3800 }, () => 'x'.repeat(3)) };
    const texts = [...Object.values(long), ...long.requestHeaders, ...long.responseHeaders];
    let most = 200;
    for (const one of texts) most += 4 + (typeof one === 'string' ? 2 * one.length : 0);
    const bodies = [...long.requestBody.blocks, ...long.responseBody.blocks];
    const bytes = bodies.reduce((sum, block) => sum + block.length, 0);
    expect(writeRecord(long).length).toBeLessThanOrEqual(most + bytes);
  });

  it('of another version is not read', () => {
    const [given] = fc.sample(source, 1) as [RecordSource];
    const record = writeRecord(given);
    record[0] = 2;
    expect(() => readRecord(record)).toThrow(RangeError);
  });
});
