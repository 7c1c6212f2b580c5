import { availableParallelism } from 'node:os';

/** Runs as many at a time as there are cores. Results are in the order of the items, however long each takes. */
export async function inParallel(items, action) {
  const results = [];
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await action(items[index]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}
