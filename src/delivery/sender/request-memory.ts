import type { GrowingBytes } from '../../record/growing-bytes';
import { RequestBody } from '../client/request-body';

/** JSON in flight may take so much memory; a request that is begun below that is finished. */
const MOST_BYTES = 8 * 1024 * 1024;
/** Memory of requests that are over is used again by so many, if it is of usual size. */
const MOST_KEPT = 4;
const USUAL_BYTES = 2 * 1024 * 1024;

/** The memory of requests: bounded, because JSON can be many times as long as the record that it is made of. */
export class RequestMemory {
  readonly #free: GrowingBytes[] = [];
  #used = 0;
  readonly #sizes = new WeakMap<RequestBody, number>();

  /** True while there is no room for another request. */
  get isUsedUp(): boolean {
    return this.#used >= MOST_BYTES;
  }

  take(): RequestBody {
    return new RequestBody(this.#free.pop());
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
    if (this.#free.length < MOST_KEPT && memory.bytes.length <= USUAL_BYTES)
      this.#free.push(memory);
  }
}
