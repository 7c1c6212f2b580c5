import { isDeepStrictEqual } from 'node:util';
import type { ReadmeOptions } from '../../src/index';
import { type Observer, startObserver } from '../support/observe';
import { Arena, type Outcome } from './arena';
import { type FuzzExchange, hangs } from './exchanges';
import { byPath, faultsOf, MAX_BODY_BYTES } from './expected-log';

/** A difference that comes back whenever the exchange is repeated, or a log that was wrong once. */
export interface Difference {
  readonly exchange: FuzzExchange;
  readonly faults: readonly string[];
}

export interface BatchResult {
  readonly differences: readonly Difference[];
  /** Differences that did not come back: two things that happen at the same time happened in another order. */
  readonly unconfirmed: readonly string[];
  /** Paths of logs that came twice or late, or are of no request. */
  readonly strays: readonly string[];
  readonly requests: number;
  /** Exchanges that did not end of their own accord, though nothing in them was meant to hang. */
  readonly stuck: number;
}

/** What came of the same exchange without and with the package, every time that it was tried. */
interface Trials {
  readonly exchange: FuzzExchange;
  readonly bare: Outcome[];
  readonly observed: Outcome[];
  /** What was wrong with its logs, each time. */
  readonly faults: string[][];
}

const REPEATS = 6;
/** Repeated without others beside them; if more are different, that is no coincidence. */
const MOST_ALONE = 10;
const CALLER = 'fuzz-caller-0123456789';

/** Runs the same exchanges without and with the package, and finds what differs. */
export class Comparison {
  readonly #arena: Arena;
  readonly #observer: Observer;
  /** What is going on: the servers are either observed or not, so one thing at a time. */
  #busy: Promise<unknown> = Promise.resolve();
  #strays: string[] = [];

  private constructor(arena: Arena, observer: Observer) {
    this.#arena = arena;
    this.#observer = observer;
  }

  /** @param options of the package, in place of those with which nothing may differ. */
  static async start(options: ReadmeOptions = {}): Promise<Comparison> {
    const observer = await startObserver({
      backgroundWorkerMode: false,
      maxBodyBytes: MAX_BODY_BYTES,
      bufferLength: 30,
      logBinaryBodies: true,
      // Some callers are known at once, some later.
      groupingFunction: (request) =>
        request.method === 'PUT' ? Promise.resolve({ apiKey: CALLER }) : { apiKey: CALLER },
      ...options,
    });
    observer.instrumentation.disable();
    return new Comparison(await new Arena().open(), observer);
  }

  /** @returns paths of logs that came when nobody expected any more. */
  async stop(): Promise<string[]> {
    await this.#arena.close();
    await this.#observer.instrumentation.forceFlush();
    const strays = [...this.#strays, ...this.#takeStrays()];
    await this.#observer.stop();
    return strays;
  }

  stats(): unknown {
    return this.#observer.instrumentation.stats();
  }

  compare(exchanges: readonly FuzzExchange[]): Promise<BatchResult> {
    return this.#inTurn(() => this.#compare(exchanges));
  }

  /** Repeats an exchange on its own: what differs each time, or nothing. */
  confirm(exchange: FuzzExchange): Promise<string[]> {
    return this.#inTurn(async () => {
      const trials = newTrials([exchange]);
      await this.#repeat(trials);
      return trials.flatMap(whatDiffers);
    });
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#busy.then(work);
    this.#busy = result.catch(() => undefined);
    return result;
  }

  async #compare(exchanges: readonly FuzzExchange[]): Promise<BatchResult> {
    const trials = newTrials(exchanges);
    await this.#try(trials);
    const suspects = trials.filter((one) => whatDiffers(one).length > 0);
    const first = new Map(suspects.map((one) => [one, whatDiffers(one)]));
    await this.#repeat(suspects);
    const different = suspects.filter((one) => whatDiffers(one).length > 0);
    for (const one of different.slice(0, MOST_ALONE)) await this.#repeat([one]);
    const confirmed = different.filter((one) => whatDiffers(one).length > 0);
    const requests = trials
      .flatMap(({ observed: [outcome] }) => outcome?.seen ?? [])
      .filter((one) => one !== undefined).length;
    return {
      differences: confirmed.map((one) => ({
        exchange: one.exchange,
        faults: whatDiffers(one),
      })),
      unconfirmed: suspects
        .filter((one) => !confirmed.includes(one))
        .flatMap((one) => first.get(one) ?? []),
      requests,
      strays: this.#strays.splice(0),
      stuck: trials.filter(isStuck).length,
    };
  }

  /** Tries again what is not decided, until it is. */
  async #repeat(trials: readonly Trials[]): Promise<void> {
    let left = trials.filter(isOpen);
    for (let repeat = 0; repeat < REPEATS && left.length > 0; repeat++) {
      await this.#try(left);
      left = left.filter(isOpen);
    }
  }

  async #try(trials: readonly Trials[]): Promise<void> {
    const exchanges = trials.map(({ exchange }) => exchange);
    const bare = await this.#arena.run(exchanges);
    const { metrics, instrumentation } = this.#observer;
    this.#strays.push(...this.#takeStrays());
    instrumentation.enable();
    const observed = await this.#arena.run(exchanges);
    instrumentation.disable();
    await instrumentation.forceFlush();
    const logs = byPath(metrics.logs);
    for (const [index, one] of trials.entries()) {
      const outcome = observed[index] as Outcome;
      one.bare.push(bare[index] as Outcome);
      one.observed.push(outcome);
      one.faults.push(faultsOf(one.exchange, outcome, logs));
      for (const path of outcome.paths) logs.delete(path);
    }
    this.#strays.push(...logs.keys());
    metrics.clear();
  }

  #takeStrays(): string[] {
    const { metrics } = this.#observer;
    const strays = [...byPath(metrics.logs).keys()];
    metrics.clear();
    return strays;
  }
}

function newTrials(exchanges: readonly FuzzExchange[]): Trials[] {
  return exchanges.map((exchange) => ({ exchange, bare: [], observed: [], faults: [] }));
}

function isStuck({ exchange: { requests, cut }, bare: [outcome] }: Trials): boolean {
  return cut === undefined && !hangs(requests) && outcome?.client.gaveUp === true;
}

/**
 * What was so in all trials: no outcome with the package was like one without it. And what was wrong with
 * the logs in any trial: each is held against what happened in that very trial.
 */
function whatDiffers({ bare, observed, faults }: Trials): string[] {
  const [left, right] = [bare.map(comparable), observed.map(comparable)];
  const alike = left.some((one) => right.some((other) => isAlike(one, other)));
  const differs = alike ? [] : [firstDifference('', left[0], right[0])];
  return [...differs, ...new Set(faults.flat())];
}

type Comparable = ReturnType<typeof comparable>;

/**
 * How much of a body has come when an application leaves off reading is a matter of microseconds, so there one
 * has to be the beginning of the other. What was read to its end is the same to the byte.
 */
function isAlike(
  { read: left, ...one }: Comparable,
  { read: right, ...other }: Comparable,
): boolean {
  if (!isDeepStrictEqual(one, other)) return false;
  return left.every((text, index) => {
    const also = right[index] as string;
    const [ended] = one.end[index] ?? [];
    return text === also || (ended === false && (text.startsWith(also) || also.startsWith(text)));
  });
}

/** Another trial may tell: there was none, or only a difference that may be a coincidence. */
function isOpen(one: Trials): boolean {
  if (one.bare.length === 0) return true;
  return one.faults.flat().length === 0 && whatDiffers(one).length > 0;
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

function comparable({ client, seen }: Outcome) {
  const all = <Part>(part: (one: NonNullable<Outcome['seen'][number]>) => Part) =>
    seen.map((one) => (one === undefined ? 'not seen' : part(one)));
  return {
    text: client.text,
    ending: client.ending,
    read: all(({ read }) => Buffer.concat(read).toString('latin1')),
    calls: all(({ facts }) => facts.calls),
    response: all(({ facts }) => facts.response),
    request: all(({ facts }) => facts.request),
    end: all(({ ended, status, finished }) => [ended, status, finished]),
  };
}
