import type { Lease } from '../record/byte-budget';
import type { BodyLoss } from '../record/record';

/** Chunks of at least so many bytes are kept as they are; smaller ones share blocks. */
const OWN_BLOCK_BYTES = 4096;
/** Blocks grow with the body, from the first size to the second. */
const [FIRST_BLOCK_BYTES, LARGEST_BLOCK_BYTES] = [256, 64 * 1024];

/**
 * The first bytes of a message body, copied as they pass.
 *
 * Bytes are copied because applications reuse their buffers, and decoded only when the exchange is over
 * because a character may be split between two chunks. Small chunks are copied together: a Buffer of its
 * own for each byte would cost a hundred times that byte.
 */
export class CapturedBody {
  readonly #cap: number;
  readonly #lease: Lease;
  #blocks: Buffer[] = [];
  /** The block that is being filled. */
  #open: Buffer | undefined;
  #filled = 0;
  #kept = 0;
  #size = 0;
  #loss: BodyLoss | undefined;
  /** True once the bytes were handed over: a client may go on to send after its exchange is logged. */
  #taken = false;

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
  add(given: string | Uint8Array, encoding?: BufferEncoding): void {
    const chunk = decodedIfDense(given, encoding);
    const bytes = typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
    if (bytes === 0) return;
    this.#size += bytes;
    if (this.#loss !== undefined || this.#taken) return;
    const wanted = Math.min(bytes, this.#cap - this.#kept);
    if (wanted < bytes) this.#loss = 'truncated';
    if (wanted === 0) return;
    if (!this.#lease.tryReserveForBody(wanted)) {
      this.drop();
      this.#loss = 'buffer_full';
      return;
    }
    this.#kept += wanted;
    if (typeof chunk === 'string') this.#keep(fromString(chunk, encoding, wanted), true);
    else this.#keep(chunk.subarray(0, wanted), false);
  }

  /** Hands over the captured bytes, in the pieces in which they were kept; they are then only there. */
  takeBlocks(): Buffer[] {
    this.#close();
    const blocks = this.#blocks;
    this.drop();
    this.#taken = true;
    return blocks;
  }

  /** Forgets the captured bytes; the size stays known. */
  drop(): void {
    this.#blocks = [];
    this.#open = undefined;
    this.#filled = 0;
    this.#kept = 0;
  }

  /** @param own true when nobody else holds these bytes. */
  #keep(bytes: Uint8Array, own: boolean): void {
    if (bytes.length >= OWN_BLOCK_BYTES) {
      this.#close();
      this.#blocks.push(own ? (bytes as Buffer) : Buffer.from(bytes));
      return;
    }
    if (this.#open === undefined || this.#open.length - this.#filled < bytes.length) {
      this.#close();
      const size = Math.min(Math.max(FIRST_BLOCK_BYTES, this.#kept), LARGEST_BLOCK_BYTES);
      // Of Node's pool where it is small: memory of its own costs more than the copy.
      this.#open = Buffer.allocUnsafe(Math.max(size, bytes.length));
    }
    this.#open.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  #close(): void {
    if (this.#open === undefined) return;
    this.#blocks.push(this.#open.subarray(0, this.#filled));
    this.#open = undefined;
    this.#filled = 0;
  }
}

/**
 * Hex and base64 decoded, where one character stands for less than a byte: of what is malformed in them,
 * `Buffer.byteLength` counts more than there is.
 */
function decodedIfDense(
  chunk: string | Uint8Array,
  encoding: BufferEncoding | undefined,
): string | Uint8Array {
  const dense = typeof chunk === 'string' && /^(?:hex|base64|base64url)$/i.test(encoding ?? '');
  return dense ? Buffer.from(chunk, encoding) : chunk;
}

function fromString(text: string, encoding: BufferEncoding | undefined, wanted: number): Buffer {
  // A prefix of so many UTF-16 units encodes to at least `wanted` bytes.
  const prefix = text.length <= wanted ? text : text.slice(0, wanted + 1);
  const bytes = Buffer.from(prefix, encoding);
  return bytes.length === wanted ? bytes : bytes.subarray(0, wanted);
}
