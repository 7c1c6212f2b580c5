// A long run: generated exchanges and documents, until the count or the time is reached.
//
//   npm run fuzz -- --seed 1 --count 100000 --minutes 10
//
// The same seed gives the same cases. A counterexample is made smaller and printed with what repeats it.

import { inspect, parseArgs } from 'node:util';
import fc from 'fast-check';
import { Comparison, type Difference } from './compare';
import { documentCase, documentFaults } from './documents';
import { fuzzExchange } from './exchanges';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '100000' },
    minutes: { type: 'string', default: '30' },
    /** Exchanges that are generated of one seed and compared together. */
    batch: { type: 'string', default: '1000' },
    /** `exchanges`, `documents`, or both. */
    only: { type: 'string', default: 'both' },
  },
});
const seed = Number(values.seed);
const count = Number(values.count);
const batch = Number(values.batch);
const began = performance.now();
let told = began;
const deadline = began + Number(values.minutes) * 60_000;

const found = {
  exchanges: 0,
  requests: 0,
  documents: 0,
  differences: 0,
  strays: 0,
  leaks: 0,
  crashes: 0,
  stuck: 0,
};
const unconfirmed = new Map<string, number>();

const onCrash = (error: unknown) => {
  found.crashes++;
  console.error('\ncrash:', error);
};
process.on('uncaughtException', onCrash);
process.on('unhandledRejection', onCrash);

async function main(): Promise<void> {
  const comparison = await Comparison.start();
  let reported = 0;
  for (
    let done = 0, round = 0;
    done < count && performance.now() < deadline;
    done += batch, round++
  ) {
    // A round has a seed of its own, so that it can be repeated alone.
    const roundSeed = seed + round;
    const size = Math.min(batch, count - done);
    if (values.only !== 'exchanges') checkDocuments(roundSeed, size);
    if (values.only !== 'documents') {
      const exchanges = fc.sample(fuzzExchange, { seed: roundSeed, numRuns: size });
      const result = await comparison.compare(exchanges);
      found.exchanges += size;
      found.requests += result.requests;
      found.stuck += result.stuck;
      found.differences += result.differences.length;
      found.strays += result.strays.length;
      if (result.strays.length > 0) console.error('\nlogs too many:', result.strays.slice(0, 5));
      for (const difference of result.differences) {
        if (reported++ < 5)
          await report(comparison, difference, roundSeed, exchanges.indexOf(difference.exchange));
      }
      for (const text of result.unconfirmed) {
        const kind = /^\.?\w+/.exec(text)?.[0] ?? text;
        unconfirmed.set(kind, (unconfirmed.get(kind) ?? 0) + 1);
      }
    }
    if (performance.now() > told + 15_000) progress();
  }
  console.log('did not come back when repeated:', Object.fromEntries(unconfirmed));
  console.log('logs:', inspect(comparison.stats()));
  const strays = await comparison.stop();
  found.strays += strays.length;
  progress();
  process.exitCode = found.differences + found.strays + found.leaks + found.crashes > 0 ? 1 : 0;
}

function checkDocuments(roundSeed: number, size: number): void {
  for (const one of fc.sample(documentCase, { seed: roundSeed, numRuns: size })) {
    found.documents++;
    const faults = documentFaults(one);
    if (faults.length === 0) continue;
    found.leaks++;
    if (found.leaks > 3) continue;
    const property = fc.property(documentCase, (other) => documentFaults(other).length === 0);
    const details = fc.check(property, { seed: roundSeed, numRuns: size });
    const smaller = details.counterexample?.[0] ?? one;
    console.error(
      `\ndocument of --seed ${roundSeed} --count ${size} --only documents\n`,
      inspect(smaller, { depth: 9 }),
      documentFaults(smaller),
    );
  }
}

async function report(
  comparison: Comparison,
  { exchange, faults }: Difference,
  roundSeed: number,
  index: number,
): Promise<void> {
  console.error(
    `\nexchange ${index} of --seed ${roundSeed} --batch ${batch} --count ${batch}\n`,
    faults.map(shortened),
  );
  const property = fc.asyncProperty(
    fuzzExchange,
    async (other) => (await comparison.confirm(other)).length === 0,
  );
  const details = await fc.check(property, {
    seed: roundSeed,
    path: String(index),
    interruptAfterTimeLimit: 10_000,
  });
  const smaller = details.counterexample?.[0] ?? exchange;
  console.error(inspect(smaller, { depth: 9 }), (await comparison.confirm(smaller)).map(shortened));
}

function shortened(text: string): string {
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}

function progress(): void {
  told = performance.now();
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`seed ${seed}, ${seconds} s:`, JSON.stringify(found));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
