import { expect, it } from 'vitest';
import { BatchMemory, packRecords, unpackRecords } from '../../../src/delivery/worker/record-batch';

/** Node 20 cannot give memory back before it is collected. */
const canFree = 'transfer' in ArrayBuffer.prototype;

it.runIf(canFree)('the memory of a batch is given back when its last log is settled', () => {
  const large = new Uint8Array(100_000).fill(1);
  const { batch } = packRecords([Uint8Array.of(1, 2, 3), large, Uint8Array.of(4, 5)]);
  const records = unpackRecords(batch);
  const [first, second, third] = records as [Uint8Array, Uint8Array, Uint8Array];
  const memory = new BatchMemory(batch, records.length);
  memory.free(second);
  expect(second).toHaveLength(0);
  memory.free(first);
  expect([...third]).toEqual([4, 5]);
  memory.free(third);
  expect(batch.shared).toHaveLength(0);
});

it('what has no memory of its own stays', () => {
  const pool = Uint8Array.of(1, 2, 3, 4);
  const { batch } = packRecords([pool.subarray(0, 2)]);
  const memory = new BatchMemory({ ...batch, shared: pool.subarray(0, 2) }, 1);
  memory.free(pool.subarray(2));
  expect([...pool]).toEqual([1, 2, 3, 4]);
});

it('a batch of one log is given back once', () => {
  const { batch } = packRecords([Uint8Array.of(1, 2, 3)]);
  const [only] = unpackRecords(batch) as [Uint8Array];
  new BatchMemory(batch, 1).free(only);
  expect(only).toHaveLength(canFree ? 0 : 3);
});
