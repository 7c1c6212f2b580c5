import type { GrowingBytes } from '../../record/growing-bytes';
import { RequestBody } from '../client/request-body';

/** JSON in flight may take so much memory; a request that is begun below that is finished. */
const MOST_BYTES = 8 * 1024 * 1024;
/**
 * So much memory of requests that are over is used again: fresh memory costs page faults, and has V8 collect all of
 * its heap every few MiB. A log of 1 MiB both ways takes 4 MiB.
 */
const MOST_KEPT_BYTES = 6 * 1024 * 1024;

/** The memory of requests: bounded, because JSON can be many times as long as the record that it is made of. */
export class RequestMemory {
  readonly #free: GrowingBytes[] = [];
  #freeBytes = 0;
  #used = 0;
  readonly #sizes = new WeakMap<RequestBody, number>();

  /** True while there is no room for another request. */
  get isUsedUp(): boolean {
    return this.#used >= MOST_BYTES;
  }

  take(): RequestBody {
    const memory = this.#free.pop();
    this.#freeBytes -= memory?.bytes.length ?? 0;
    return new RequestBody(memory);
  }

  /** From now on the body counts, with all the memory that it has. */
  use(body: RequestBody): void {
    const size = body.memory.bytes.length;
    this.#sizes.set(body, size);
    this.#used += size;
  }

  /** The body is no longer needed. */
  giveBack(body: RequestBody): void {
    this.#used -= this.#sizes.get(body) ?? 0;
    this.#sizes.delete(body);
    const { memory } = body;
    const { length } = memory.bytes;
    if (this.#freeBytes + length > MOST_KEPT_BYTES) return;
    this.#free.push(memory);
    this.#freeBytes += length;
  }
}
