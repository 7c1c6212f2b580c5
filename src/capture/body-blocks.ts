/**
 * Memory for captured bodies.
 *
 * Bytes that are copied to fresh memory cost ten times as much as the copy, because of page faults and what
 * the collector does about external memory (61 KB on Node 24: 11 µs, 1.3 µs to memory in use). Captured bytes
 * end when the record of their exchange has been written, so their blocks are used again.
 */
export const BLOCK_BYTES = 64 * 1024;
/** Smaller ones are taken from slabs, larger ones have memory of their own. */
const SMALL_BYTES = 4096;
/**
 * Of Node's pool a small body that waits may hold 64 KiB, most of them the application's (`Buffer.poolSize`
 * of Node 24); of a slab no more than this.
 */
const SLAB_BYTES = 16 * 1024;
/** Blocks that are kept for the next exchanges: 1 MiB. */
const KEPT_BLOCKS = 16;

const freeBlocks: Buffer[] = [];
let slab = Buffer.alloc(0);
let slabFilled = 0;

/** @returns a block of `BLOCK_BYTES`, for the one who gives it back. */
export function takeBlock(): Buffer {
  return freeBlocks.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
}

/** Takes a block that nothing reads any more. */
export function giveBlockBack(block: Buffer): void {
  if (freeBlocks.length < KEPT_BLOCKS) freeBlocks.push(block);
}

/** @returns memory of exactly so many bytes, which is not given back. */
export function allocate(bytes: number): Buffer {
  if (bytes >= SMALL_BYTES) return Buffer.allocUnsafeSlow(bytes);
  if (slab.length - slabFilled < bytes) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    slabFilled = 0;
  }
  const start = slabFilled;
  slabFilled += bytes;
  return slab.subarray(start, slabFilled);
}
