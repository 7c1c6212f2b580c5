// A long run: generated exchanges, documents, forms in which something leaves that must not, and bodies that end
// early, each until the count or the time is reached.
//
//   npm run fuzz -- --seed 1 --count 100000 --minutes 10
//
// The same seed gives the same cases. A counterexample is made smaller and printed with what repeats it.

import { inspect, parseArgs } from 'node:util';
import fc from 'fast-check';
import { Comparison, type Difference } from './compare';
import { documentCase, documentFaults } from './documents';
import { earlyEnd } from './early-ends';
import { EndsArena } from './ends-arena';
import { fuzzExchange } from './exchanges';
import { formFaults } from './forms/form-case';
import { FORMS } from './forms/forms';
import { isOpenFault } from './forms/open-faults';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '100000' },
    minutes: { type: 'string', default: '30' },
    /** Exchanges that are generated of one seed and compared together. */
    batch: { type: 'string', default: '1000' },
    /** `exchanges`, `documents`, `forms`, `ends`, or all of them. */
    only: { type: 'string', default: 'all' },
  },
});
const seed = Number(values.seed);
const count = Number(values.count);
const batch = Number(values.batch);
const wants = (what: string) => values.only === 'all' || values.only === what;
const began = performance.now();
let told = began;
const deadline = began + Number(values.minutes) * 60_000;

const found = {
  exchanges: 0,
  requests: 0,
  documents: 0,
  forms: 0,
  ends: 0,
  differences: 0,
  strays: 0,
  leaks: 0,
  knownLeaks: 0,
  crashes: 0,
  stuck: 0,
};
/** Leaks by form, and by what ended a body early. */
const leaked = new Map<string, number>();
const unconfirmed = new Map<string, number>();

const onCrash = (error: unknown) => {
  found.crashes++;
  console.error('\ncrash:', error);
};
process.on('uncaughtException', onCrash);
process.on('unhandledRejection', onCrash);

async function main(): Promise<void> {
  // Before the other observer is there: two of them in one process have to agree on what may leave.
  if (wants('ends')) await checkEnds();
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
    if (wants('documents')) checkDocuments(roundSeed, size);
    if (wants('forms')) checkForms(roundSeed, size);
    if (wants('exchanges')) {
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
  if (leaked.size > 0) console.log('leaks:', Object.fromEntries(leaked));
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

/** As many of each form, so that none is crowded out by those with more variety. */
function checkForms(roundSeed: number, size: number): void {
  const forms = Object.entries(FORMS);
  const numRuns = Math.ceil(size / forms.length);
  for (const [form, cases] of forms) {
    for (const one of fc.sample(cases, { seed: roundSeed, numRuns })) {
      found.forms++;
      const faults = formFaults(one);
      if (faults.length === 0) continue;
      if (isOpenFault(one)) {
        found.knownLeaks++;
        continue;
      }
      leaked.set(form, (leaked.get(form) ?? 0) + 1);
      found.leaks++;
      if ((leaked.get(form) ?? 0) > 3) continue;
      console.error(`\n${form}, of --seed ${roundSeed} --count ${size} --only forms\n`, faults);
      console.error(inspect({ ...one, body: one.body?.toString('latin1') }, { depth: 9 }));
    }
  }
}

async function checkEnds(): Promise<void> {
  const ends = await EndsArena.start();
  for (let round = 0; round * batch < count && performance.now() < deadline; round++) {
    const numRuns = Math.min(batch, count - round * batch);
    const cases = fc.sample(earlyEnd, { seed: seed + round, numRuns });
    const results = await ends.check(cases);
    for (const [index, faults = []] of results.entries()) {
      found.ends++;
      if (faults.length === 0) continue;
      found.leaks++;
      const cause = cases[index]?.cause ?? '';
      leaked.set(cause, (leaked.get(cause) ?? 0) + 1);
      if ((leaked.get(cause) ?? 0) > 1) continue;
      console.error(
        `\nend ${index} of --seed ${seed + round} --count ${numRuns} --only ends\n`,
        faults,
      );
      console.error(inspect(cases[index], { depth: 9 }));
    }
    if (performance.now() > told + 15_000) progress();
  }
  await ends.stop();
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
