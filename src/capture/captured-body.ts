import type { ByteReservation } from '../record/byte-budget';
import type { BodyLoss, BodySource } from '../record/record';
import { allocate, BLOCK_BYTES, giveBlockBack, takeBlock } from './body-blocks';

/** What a body has that is being read byte by byte: the second block. The first is as large as the first chunk. */
const SECOND_BLOCK_BYTES = 256;
/** What needs so much gets a block that is used again; for less, too much of it would stay empty. */
const REUSED_FROM_BYTES = BLOCK_BYTES / 2;
const NO_BLOCKS: readonly Buffer[] = [];

/**
 * The first bytes of a message body, copied as they pass.
 *
 * Bytes are copied because applications reuse their buffers, and decoded only when the exchange is over
 * because a character may be split between two chunks. Chunks share blocks, which grow with the body: a
 * Buffer of its own for each byte would cost a hundred times that byte.
 */
export class CapturedBody implements BodySource {
  /** Bytes seen, kept or not. */
  size = 0;
  loss: BodyLoss | undefined = undefined;
  readonly #cap: number;
  readonly #reservation: ByteReservation;
  /** Blocks that are full, if there are any. */
  #full: Buffer[] | undefined = undefined;
  /** The block that is being filled. */
  #open: Buffer | undefined = undefined;
  #filled = 0;
  /** Bytes in the blocks. */
  #kept = 0;
  /** Bytes of the blocks. */
  #reserved = 0;

  /** @param cap bytes to keep, `maxBodyBytes`. */
  constructor(cap: number, reservation: ByteReservation) {
    this.#cap = cap;
    this.#reservation = reservation;
  }

  /** Counts a chunk and keeps a copy of as much of it as the cap and the budget allow. */
  add(given: string | Uint8Array, encoding?: BufferEncoding): void {
    const chunk = decodedIfDense(given, encoding);
    const bytes = typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
    if (bytes === 0) return;
    this.size += bytes;
    if (this.loss !== undefined) return;
    const wanted = Math.min(bytes, this.#cap - this.#kept);
    if (wanted === 0 || this.#keep(chunk, encoding, bytes, wanted)) {
      if (wanted < bytes) this.loss = 'truncated';
      return;
    }
    this.drop();
    this.loss = 'buffer_full';
  }

  /** What has come is all that there will be, and not the whole body. */
  endEarly(): void {
    if (this.size > 0) this.loss ??= 'ended_early';
  }

  /** The captured bytes, which are there until they are dropped. */
  get blocks(): readonly Buffer[] {
    if (this.#open === undefined) return NO_BLOCKS;
    const last =
      this.#filled === this.#open.length ? this.#open : this.#open.subarray(0, this.#filled);
    return this.#full === undefined ? [last] : [...this.#full, last];
  }

  /** Forgets the captured bytes and gives their memory back; the size stays known. */
  drop(): void {
    if (this.#open === undefined) return;
    for (const block of this.#full ?? NO_BLOCKS) recycle(block);
    recycle(this.#open);
    this.#full = undefined;
    this.#open = undefined;
    this.#filled = 0;
    this.#kept = 0;
    this.#reservation.giveBack(this.#reserved);
    this.#reserved = 0;
  }

  /** @returns false when the budget has no room. */
  #keep(
    chunk: string | Uint8Array,
    encoding: BufferEncoding | undefined,
    bytes: number,
    wanted: number,
  ): boolean {
    if (this.#room === 0 && !this.#openBlock(wanted)) return false;
    if (typeof chunk !== 'string') return this.#copy(chunk, wanted);
    // A string that fits is encoded to where it belongs; a character must not be cut by the end of a block.
    if (bytes > this.#room || wanted < bytes) {
      return this.#copy(fromString(chunk, encoding, wanted), wanted);
    }
    (this.#open as Buffer).write(chunk, this.#filled, bytes, encoding);
    this.#advance(bytes);
    return true;
  }

  /** @returns false when the budget has no room. */
  #copy(chunk: Uint8Array, wanted: number): boolean {
    for (let copied = 0; copied < wanted; ) {
      if (this.#room === 0 && !this.#openBlock(wanted - copied)) return false;
      const part = Math.min(wanted - copied, this.#room);
      const all = part === chunk.length;
      (this.#open as Buffer).set(all ? chunk : chunk.subarray(copied, copied + part), this.#filled);
      this.#advance(part);
      copied += part;
    }
    return true;
  }

  get #room(): number {
    return this.#open === undefined ? 0 : this.#open.length - this.#filled;
  }

  #advance(bytes: number): void {
    this.#filled += bytes;
    this.#kept += bytes;
  }

  /** @returns false when the budget has no room. */
  #openBlock(bytes: number): boolean {
    const usual = this.#open === undefined ? 0 : Math.max(SECOND_BLOCK_BYTES, this.#kept);
    const size = Math.min(Math.max(bytes, usual), this.#cap - this.#kept, BLOCK_BYTES);
    const block = this.#reservedBlock(size);
    if (block === undefined) return false;
    if (this.#open !== undefined) {
      this.#full ??= [];
      this.#full.push(this.#open);
    }
    this.#open = block;
    this.#filled = 0;
    return true;
  }

  #reservedBlock(size: number): Buffer | undefined {
    if (size >= REUSED_FROM_BYTES && this.#tryReserve(BLOCK_BYTES)) return takeBlock();
    return this.#tryReserve(size) ? allocate(size) : undefined;
  }

  #tryReserve(bytes: number): boolean {
    if (!this.#reservation.tryReserveForBody(bytes)) return false;
    this.#reserved += bytes;
    return true;
  }
}

function recycle(block: Buffer): void {
  if (block.length === BLOCK_BYTES) giveBlockBack(block);
}

/**
 * Hex and base64 decoded, where one character stands for less than a byte: of what is malformed in them,
 * `Buffer.byteLength` counts more than there is.
 */
function decodedIfDense(
  chunk: string | Uint8Array,
  encoding: BufferEncoding | undefined,
): string | Uint8Array {
  if (typeof chunk !== 'string' || encoding === undefined) return chunk;
  return /^(?:hex|base64|base64url)$/i.test(encoding) ? Buffer.from(chunk, encoding) : chunk;
}

function fromString(text: string, encoding: BufferEncoding | undefined, wanted: number): Buffer {
  // A prefix of so many UTF-16 units encodes to at least `wanted` bytes.
  const prefix = text.length <= wanted ? text : text.slice(0, wanted + 1);
  const bytes = Buffer.from(prefix, encoding);
  return bytes.length === wanted ? bytes : bytes.subarray(0, wanted);
}
