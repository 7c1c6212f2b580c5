import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Collects what nothing holds any more. */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    // A WeakRef that was read holds its target until the turn of the event loop is over.
    await sleep(10);
    gc();
  }
}

/** Which of the objects that were named are still alive. */
export class Survivors {
  readonly #alive = new Set<string>();
  readonly #registry = new FinalizationRegistry((name: string) => this.#alive.delete(name));

  watch(name: string, object: object | undefined): void {
    if (object === undefined) throw new Error(`there is no ${name}`);
    this.#alive.add(name);
    this.#registry.register(object, name);
  }

  async names(): Promise<string[]> {
    await collectGarbage();
    return [...this.#alive];
  }
}
