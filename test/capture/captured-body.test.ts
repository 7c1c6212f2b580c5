import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CapturedBody } from '../../src/capture/captured-body';
import { ByteBudget, ByteReservation } from '../../src/record/byte-budget';

const MIB = 1024 * 1024;
const encodings = ['utf8', 'latin1', 'hex', 'base64', 'utf16le'] as const;
const chunk = fc.oneof(
  fc
    .uint8Array({ maxLength: 50 })
    .map((bytes) => ({ data: Buffer.from(bytes), encoding: undefined })),
  fc.integer({ min: 4000, max: 9000 }).map((size) => ({
    data: Buffer.alloc(size, size),
    encoding: undefined,
  })),
  fc.record({
    data: fc.string({ unit: fc.constantFrom(...'ab01é€😀='), maxLength: 40 }),
    encoding: fc.constantFrom(...encodings),
  }),
);

function bytesOf({
  data,
  encoding,
}: {
  data: string | Buffer;
  encoding?: BufferEncoding | undefined;
}) {
  return typeof data === 'string' ? Buffer.from(data, encoding) : data;
}

describe('a captured body', () => {
  it('is the beginning of what passed, in whatever pieces and encodings', () => {
    fc.assert(
      fc.property(
        fc.array(chunk, { maxLength: 30 }),
        fc.integer({ min: 0, max: 20_000 }),
        (chunks, cap) => {
          const body = new CapturedBody(cap, new ByteReservation(MIB, new ByteBudget()));
          for (const { data, encoding } of chunks) body.add(data, encoding);
          const all = Buffer.concat(chunks.map(bytesOf));
          expect(body.size).toBe(all.length);
          expect(Buffer.concat(body.blocks)).toEqual(all.subarray(0, cap));
          expect(body.loss).toBe(all.length > cap ? 'truncated' : undefined);
        },
      ),
    );
  });

  it('of single bytes takes hardly more memory than its bytes', () => {
    const body = new CapturedBody(MIB, new ByteReservation(4 * MIB, new ByteBudget()));
    const byte = Buffer.from('x');
    const before = process.memoryUsage();
    for (let count = 0; count < MIB; count++) body.add(byte);
    const after = process.memoryUsage();
    expect(Buffer.concat(body.blocks)).toEqual(Buffer.alloc(MIB, 'x'));
    const grown = after.arrayBuffers - before.arrayBuffers;
    expect(grown).toBeLessThan(3 * MIB);
  });

  it('leaves the last quarter of the budget to what else a log is made of', () => {
    const budget = new ByteBudget();
    const body = new CapturedBody(MIB, new ByteReservation(1000, budget));
    body.add(Buffer.alloc(750));
    expect(body.loss).toBeUndefined();
    body.add(Buffer.alloc(1));
    expect(body.loss).toBe('buffer_full');
    expect(new ByteReservation(1000, budget).tryReserve(250)).toBe(true);
  });

  it('that finds no room forgets what it had, and counts on', () => {
    const body = new CapturedBody(MIB, new ByteReservation(100, new ByteBudget()));
    body.add('a'.repeat(60));
    body.add('a'.repeat(60));
    expect([body.size, body.loss, Buffer.concat(body.blocks).length]).toEqual([
      120,
      'buffer_full',
      0,
    ]);
  });
});
