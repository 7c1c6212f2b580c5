import { copyOf } from '../record/copy-of';
import { NameCache } from './name-cache';

/**
 * Names of more characters are not given to the RegExps of a list. Names that programs choose are shorter;
 * what a client chooses may be a megabyte, for which `/\w+_token/` takes twenty minutes.
 */
export const LONGEST_TESTED_NAME = 256;

/**
 * The squares of the lengths of the names of one log that are given to a RegExp which repeats something:
 * as many steps it takes in the worst case when it backtracks quadratically, of about a nanosecond each.
 */
const MOST_STEPS = 5_000_000;

/** After so many milliseconds, a new log may be assumed where nobody has said that one begins. */
const LONGEST_LOG_MILLIS = 100;

const MOST_VERDICTS = 1000;

/** Without one of these a RegExp takes time in proportion to the length of the name. */
const REPEATS = /[*+{]/;

/** What a list's RegExps say of names, within bounds for a single name and for all names of a log. */
export class NameTests {
  readonly #linear: readonly RegExp[];
  readonly #backtracking: readonly RegExp[];
  /** Names are few and come again, so most cost nothing. */
  readonly #verdicts = new Map<string, boolean>();
  readonly #inAscii = new NameCache();
  readonly #matchName = (name: string) => this.match(name);
  /** How often something could not be found out. */
  undecided = 0;
  #steps = 0;
  #logBegan = 0;

  constructor(tests: readonly RegExp[]) {
    this.#linear = tests.filter(({ source }) => !REPEATS.test(source));
    this.#backtracking = tests.filter(({ source }) => REPEATS.test(source));
  }

  /** The names that follow are of another log. */
  beginLog(): void {
    this.#steps = 0;
    this.#logBegan = performance.now();
  }

  /**
   * Whether a RegExp matches the name.
   *
   * @returns undefined when that cannot be found out in the time that there is: the name is too long, or
   *   names of the same log have used that time up
   */
  match(name: string): boolean | undefined {
    const matched = this.#match(name);
    if (matched === undefined) this.undecided += 1;
    return matched;
  }

  /** As {@link match}, for a name that is given in bytes of ASCII. */
  matchAscii(bytes: Buffer, start: number, end: number): boolean | undefined {
    if (end - start <= LONGEST_TESTED_NAME) {
      return this.#inAscii.get(bytes, start, end, this.#matchName);
    }
    this.undecided += 1;
    return undefined;
  }

  #match(name: string): boolean | undefined {
    if (name.length > LONGEST_TESTED_NAME) return undefined;
    const known = this.#verdicts.get(name);
    if (known !== undefined) return known;
    let matched = this.#linear.some((test) => test.test(name));
    if (!matched && this.#backtracking.length > 0) {
      if (!this.#affords(this.#backtracking.length * name.length ** 2)) return undefined;
      matched = this.#backtracking.some((test) => test.test(name));
    }
    if (this.#verdicts.size >= MOST_VERDICTS) this.#verdicts.clear();
    this.#verdicts.set(copyOf(name), matched);
    return matched;
  }

  #affords(steps: number): boolean {
    if (this.#steps + steps > MOST_STEPS) {
      if (performance.now() - this.#logBegan < LONGEST_LOG_MILLIS) return false;
      this.beginLog();
    }
    this.#steps += steps;
    return true;
  }
}
