import { type FinalFlush, REPORTING_MILLIS } from '../exit/final-flush';
import { monotonicMillis, type ToWorker } from './worker-messages';

type FlushMessage = ToWorker & { kind: 'flush' };

/** The flushes that a worker has been asked for, by the id that it reports them with. */
export class Flushes {
  readonly #open = new Map<number, () => void>();
  #id = 0;

  message({ boundMillis, retryMillis }: FinalFlush): FlushMessage {
    const endAt = monotonicMillis() + boundMillis - REPORTING_MILLIS;
    return { kind: 'flush', id: ++this.#id, endAt, retryMillis };
  }

  /** Resolves when the worker has reported it, or its time is over. The timer keeps the process alive, too. */
  async done({ id }: FlushMessage, boundMillis: number): Promise<void> {
    const done = new Promise<void>((resolve) => this.#open.set(id, resolve));
    const guard = setTimeout(() => this.end(id), boundMillis);
    await done;
    clearTimeout(guard);
  }

  end(id: number): void {
    this.#open.get(id)?.();
    this.#open.delete(id);
  }

  /** There is no worker any more. */
  endAll(): void {
    for (const id of [...this.#open.keys()]) this.end(id);
  }
}
