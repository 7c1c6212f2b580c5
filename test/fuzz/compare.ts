import { isDeepStrictEqual } from 'node:util';
import { type Observer, startObserver } from '../support/observe';
import { Arena, type Outcome } from './arena';
import type { FuzzExchange } from './exchanges';
import { byPath, faultsOf, MAX_BODY_BYTES } from './expected-log';

/** A difference that comes back whenever the exchange is repeated. */
export interface Difference {
  readonly exchange: FuzzExchange;
  readonly faults: readonly string[];
}

export interface BatchResult {
  readonly differences: readonly Difference[];
  /** Differences that did not come back: two things that happen at the same time happened in another order. */
  readonly unconfirmed: readonly string[];
  readonly requests: number;
  readonly rescued: number;
}

const REPEATS = 6;
const CALLER = 'fuzz-caller-0123456789';

/** Runs the same exchanges without and with the package, and finds what differs. */
export class Comparison {
  readonly #arena: Arena;
  readonly #observer: Observer;

  private constructor(arena: Arena, observer: Observer) {
    this.#arena = arena;
    this.#observer = observer;
  }

  static async start(): Promise<Comparison> {
    const observer = await startObserver({
      maxBodyBytes: MAX_BODY_BYTES,
      bufferLength: 30,
      logBinaryBodies: true,
      // Some callers are known at once, some later.
      groupingFunction: (request) =>
        request.method === 'PUT' ? Promise.resolve({ apiKey: CALLER }) : { apiKey: CALLER },
    });
    observer.instrumentation.disable();
    return new Comparison(await new Arena().open(), observer);
  }

  async stop(): Promise<void> {
    await this.#arena.close();
    await this.#observer.stop();
  }

  stats(): unknown {
    return this.#observer.instrumentation.stats();
  }

  async compare(exchanges: readonly FuzzExchange[]): Promise<BatchResult> {
    const bare = await this.#arena.run(exchanges);
    const observed = await this.#observed(exchanges);
    const differences: Difference[] = [];
    const unconfirmed: string[] = [];
    for (const [id, exchange] of exchanges.entries()) {
      const differs = unlike(bare[id] as Outcome, observed.outcomes[id] as Outcome);
      const faults = observed.faults[id] as string[];
      if (differs === undefined && faults.length === 0) continue;
      // Each takes a moment, and after so many there is enough to look at.
      const confirmed = differences.length < 5 ? await this.confirm(exchange) : [];
      if (confirmed.length > 0) differences.push({ exchange, faults: confirmed });
      else unconfirmed.push(...(differs === undefined ? [] : [differs]), ...faults);
    }
    const requests = observed.outcomes
      .flatMap(({ seen }) => seen)
      .filter((one) => one !== undefined).length;
    const rescued = bare.filter((outcome) => outcome.rescued).length;
    return { differences, unconfirmed, requests, rescued };
  }

  /** Repeats an exchange on its own: what differs each time, or nothing. */
  async confirm(exchange: FuzzExchange): Promise<string[]> {
    const bare: Outcome[] = [];
    const observed: Outcome[] = [];
    let faults: string[] | undefined;
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      bare.push(...(await this.#arena.run([exchange])));
      const run = await this.#observed([exchange]);
      observed.push(...run.outcomes);
      if (run.faults[0]?.length === 0) faults = [];
      faults ??= run.faults[0];
      const same = bare.some((one) => observed.some((other) => unlike(one, other) === undefined));
      if (same && faults?.length === 0) return [];
    }
    const same = bare.some((one) => observed.some((other) => unlike(one, other) === undefined));
    const differs = same ? [] : [unlike(bare[0] as Outcome, observed[0] as Outcome) ?? ''];
    return [...differs, ...(faults ?? [])];
  }

  async #observed(
    exchanges: readonly FuzzExchange[],
  ): Promise<{ outcomes: Outcome[]; faults: string[][] }> {
    const { instrumentation, metrics } = this.#observer;
    metrics.clear();
    instrumentation.enable();
    const outcomes = await this.#arena.run(exchanges);
    instrumentation.disable();
    await instrumentation.forceFlush();
    const logs = byPath(metrics.logs);
    const faults = outcomes.map((outcome, id) =>
      faultsOf(exchanges[id] as FuzzExchange, outcome, id, logs),
    );
    return { outcomes, faults };
  }
}

/** The first thing in which two outcomes differ, as text. */
function unlike(bare: Outcome, observed: Outcome): string | undefined {
  const [left, right] = [comparable(bare), comparable(observed)];
  if (isDeepStrictEqual(left, right)) return undefined;
  return firstDifference('', left, right);
}

function firstDifference(path: string, left: unknown, right: unknown): string {
  if (left !== null && right !== null && typeof left === 'object' && typeof right === 'object') {
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    for (const name of names) {
      const [one, other] = [left, right].map((side) => (side as Record<string, unknown>)[name]);
      if (!isDeepStrictEqual(one, other)) return firstDifference(`${path}.${name}`, one, other);
    }
  }
  return `${path}: ${JSON.stringify(left)} without, ${JSON.stringify(right)} with the package`;
}

function comparable({ answer, seen }: Outcome) {
  const all = <Part>(part: (one: NonNullable<Outcome['seen'][number]>) => Part) =>
    seen.map((one) => (one === undefined ? 'not seen' : part(one)));
  return {
    text: answer.text,
    ending: answer.ending,
    read: all(({ read }) => Buffer.concat(read).toString('latin1')),
    calls: all(({ facts }) => facts.calls),
    response: all(({ facts }) => facts.response),
    request: all(({ facts }) => facts.request),
    end: all(({ ended, status, finished }) => [ended, status, finished]),
  };
}
