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
      const known = this.#inAscii.find(bytes, start, end);
      if (known !== undefined) return known;
      if (this.#linear.length > 0 || this.#affords(end - start)) {
        const matched = this.match(bytes.toString('latin1', start, end));
        if (matched !== undefined) this.#inAscii.add(bytes, start, end, matched);
        return matched;
      }
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
      if (!this.#affords(name.length)) return undefined;
      this.#steps += this.#stepsFor(name.length);
      matched = this.#backtracking.some((test) => test.test(name));
    }
    if (this.#verdicts.size >= MOST_VERDICTS) this.#verdicts.clear();
    this.#verdicts.set(copyOf(name), matched);
    return matched;
  }

  /** Whether there is time for a name of that length, which is also so when another log seems to have begun. */
  #affords(length: number): boolean {
    if (this.#steps + this.#stepsFor(length) <= MOST_STEPS) return true;
    if (performance.now() - this.#logBegan < LONGEST_LOG_MILLIS) return false;
    this.beginLog();
    return true;
  }

  #stepsFor(length: number): number {
    return this.#backtracking.length * length ** 2;
  }
}
