import type { BodyLoss } from '../spans/span-record';
import type { Lease } from './byte-budget';

/**
 * The first bytes of a message body, copied as they pass.
 *
 * Bytes are copied because applications reuse their buffers, and decoded only when the exchange is over
 * because a character may be split between two chunks.
 */
export class CapturedBody {
  readonly #cap: number;
  readonly #lease: Lease;
  #chunks: Buffer[] = [];
  #kept = 0;
  #size = 0;
  #loss: BodyLoss | undefined;

  /** @param cap bytes to keep, `maxBodyBytes`. */
  constructor(cap: number, lease: Lease) {
    this.#cap = cap;
    this.#lease = lease;
  }

  /** Bytes seen, kept or not. */
  get size(): number {
    return this.#size;
  }

  get loss(): BodyLoss | undefined {
    return this.#loss;
  }

  /** Counts a chunk and keeps a copy of as much of it as the cap and the budget allow. */
  add(chunk: string | Uint8Array, encoding?: BufferEncoding): void {
    const bytes = typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
    if (bytes === 0) return;
    this.#size += bytes;
    if (this.#loss !== undefined) return;
    const wanted = Math.min(bytes, this.#cap - this.#kept);
    if (wanted < bytes) this.#loss = 'truncated';
    if (wanted === 0) return;
    if (!this.#lease.tryReserve(wanted)) {
      this.drop();
      this.#loss = 'budget';
      return;
    }
    this.#chunks.push(copyOf(chunk, encoding, wanted));
    this.#kept += wanted;
  }

  /** The captured bytes in one piece. */
  bytes(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks, this.#kept)];
    return this.#chunks[0] as Buffer;
  }

  /** Forgets the captured bytes; the size stays known. */
  drop(): void {
    this.#chunks = [];
    this.#kept = 0;
  }
}

function copyOf(
  chunk: string | Uint8Array,
  encoding: BufferEncoding | undefined,
  wanted: number,
): Buffer {
  if (typeof chunk !== 'string') return Buffer.from(chunk.subarray(0, wanted));
  // A prefix of so many UTF-16 units encodes to at least `wanted` bytes, whatever the encoding is, unless
  // one unit stands for less than a byte (hex, base64): only then is the whole string needed.
  const dense = encoding === 'hex' || encoding === 'base64' || encoding === 'base64url';
  const text = dense || chunk.length <= wanted ? chunk : chunk.slice(0, wanted + 1);
  const copy = Buffer.from(text, encoding);
  return copy.length === wanted ? copy : Buffer.from(copy.subarray(0, wanted));
}
