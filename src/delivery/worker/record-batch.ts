import { freeMemory, ownsItsMemory } from '../../record/free-memory';

/** Records as they cross to another thread: one after the other in shared memory, or in memory of their own. */
export interface RecordBatch {
  /** In order: the length of a record in `shared`, or the record itself. */
  readonly items: readonly (number | Uint8Array)[];
  readonly shared: Uint8Array;
}

/** A record of at least so many bytes changes hands without being copied; for smaller ones that costs more. */
const OWN_MEMORY_BYTES = 32 * 1024;

/**
 * @returns the batch, and the memory that is handed over with it: what a structured clone would otherwise
 * copy, along with all else that is in the same ArrayBuffer, such as Node's pool of Buffers.
 */
export function packRecords(records: readonly Uint8Array[]): {
  batch: RecordBatch;
  transfer: ArrayBuffer[];
} {
  const transfer: ArrayBuffer[] = [];
  const items: (number | Uint8Array)[] = [];
  const small: Uint8Array[] = [];
  let length = 0;
  for (const record of records) {
    if (record.length >= OWN_MEMORY_BYTES && ownsItsMemory(record)) {
      transfer.push(record.buffer as ArrayBuffer);
      items.push(record);
    } else {
      small.push(record);
      items.push(record.length);
      length += record.length;
    }
  }
  const shared = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  for (const record of small) {
    shared.set(record, filled);
    filled += record.length;
  }
  transfer.push(shared.buffer as ArrayBuffer);
  return { batch: { items, shared }, transfer };
}

/** @returns the records, in the memory of the batch. */
export function unpackRecords({ items, shared }: RecordBatch): Uint8Array[] {
  let taken = 0;
  return items.map((item) => {
    if (typeof item !== 'number') return item;
    const start = taken;
    taken += item;
    return shared.subarray(start, taken);
  });
}

/** The memory of a batch: that of each record that has its own, and what the others share. */
export class BatchMemory {
  readonly #shared: Uint8Array;
  #open: number;

  /** @param logs in the batch. */
  constructor({ shared }: RecordBatch, logs: number) {
    this.#shared = shared;
    this.#open = logs;
  }

  /** One log of the batch is settled. */
  free(record: Uint8Array): void {
    freeMemory(record);
    if (--this.#open === 0) freeMemory(this.#shared);
  }
}
