import type { NameCache } from './name-cache';

/** Names that programs choose are shorter; of a longer one, its end is looked at. */
const LONGEST = 64;

const SEPARATORS = /[-_. ]+/g;

/** What may stand between the words of a name. */
const JOINTS = ['', '_', '-', '.', ' '];

/** What a name is made of, in a text of whatever structure: it may have several words. */
const PHRASES = /[\w.-]+(?: [\w.-]+)*/g;

const LOOKS_LIKE_JSON = /^\s*[{[]/;

/** What stands between a member's name and its value, also where quotes are escaped. */
const COLON = /\\*["']?\s*:/y;

/** Which names there are; each in any spelling. */
export interface NameList {
  /** Whole names. */
  readonly names: readonly string[];
  /** What a name may end in, whatever stands before. */
  readonly endings: readonly string[];
  /** What a name may end in that has such an ending, and is not meant. */
  readonly exceptions: readonly string[];
}

/**
 * Names that are found in any usual spelling: `access_token` is also `accessToken`, `Access-Token`, `Access Token`
 * and `X-Access-Token`, and `user.access_token` ends with it.
 *
 * Nearly all names that come are none of them, which is seen by their last three characters.
 */
export class SpelledNames {
  readonly #names: ReadonlySet<string>;
  readonly #endings: readonly string[];
  readonly #exceptions: readonly string[];
  /** 1 where a name may end so: by the lower five bits of its last three characters, which are the same in any case. */
  readonly #ends = new Uint8Array(1 << 15);

  constructor({ names, endings, exceptions }: NameList) {
    this.#names = new Set(names.flatMap((name) => [folded(name), withoutX(name)]));
    this.#endings = endings.map(folded);
    this.#exceptions = exceptions.map(folded);
    for (const name of [...names, ...endings]) {
      for (const joint of JOINTS) {
        const spelled = ` ${name.replace(SEPARATORS, joint)}`;
        this.#ends[endOf(spelled, spelled.length)] = 1;
      }
    }
  }

  has(name: string): boolean {
    return this.hasLower(name.toLowerCase());
  }

  /** As {@link has}, for a name that is in lower case. */
  hasLower(lower: string): boolean {
    let end = lower.length;
    while (end > 0 && isSeparator(lower.charCodeAt(end - 1))) end -= 1;
    if (end > 2 && this.#ends[endOf(lower, end)] === 0) return false;
    const spelled = lower.slice(Math.max(0, end - LONGEST), end);
    const whole = folded(spelled);
    if (this.#names.has(whole) || this.#names.has(withoutX(spelled))) return true;
    const dot = spelled.lastIndexOf('.');
    if (dot >= 0 && this.#names.has(folded(spelled.slice(dot + 1)))) return true;
    return (
      this.#endings.some((ending) => whole.endsWith(ending)) &&
      !this.#exceptions.some((exception) => whole.endsWith(exception))
    );
  }

  /**
   * As {@link has}, for a name that is given in bytes of ASCII, from `start` to `end`.
   *
   * @param known where it keeps what it found out
   */
  hasAscii(bytes: Buffer, start: number, end: number, known: NameCache): boolean {
    let last = end;
    while (last > start && isSeparator(bytes[last - 1] as number)) last -= 1;
    if (last - start > 2) {
      const a = (bytes[last - 3] as number) & 31;
      const b = (bytes[last - 2] as number) & 31;
      if (this.#ends[(a << 10) | (b << 5) | ((bytes[last - 1] as number) & 31)] === 0) return false;
    }
    const from = Math.max(start, last - LONGEST);
    const before = known.find(bytes, from, last);
    if (before !== undefined) return before;
    const isOne = this.has(bytes.toString('latin1', from, last));
    known.add(bytes, from, last, isOne);
    return isOne;
  }

  /** Whether one of them may stand in a text as a name. False only where none does, whatever the text's structure. */
  mayStandIn(text: string): boolean {
    // In lower case first: the Kelvin sign is a k then.
    for (const [phrase] of text.toLowerCase().matchAll(PHRASES)) {
      if (this.hasLower(phrase) || phrase.split(' ').some((word) => this.hasLower(word)))
        return true;
    }
    return false;
  }

  /** Whether in a text that looks like JSON one of them is the name of a member, as far as that can be seen. */
  namesMemberIn(text: string): boolean {
    if (!LOOKS_LIKE_JSON.test(text)) return false;
    if (text.includes('\\u')) return true;
    const lower = text.toLowerCase();
    for (const { index, 0: phrase } of lower.matchAll(PHRASES)) {
      COLON.lastIndex = index + phrase.length;
      if (!COLON.test(lower)) continue;
      const lastWord = phrase.slice(phrase.lastIndexOf(' ') + 1);
      if (this.hasLower(phrase) || this.hasLower(lastWord)) return true;
    }
    return false;
  }
}

function isSeparator(code: number): boolean {
  return code === 0x5f || code === 0x2d || code === 0x2e || code === 0x20;
}

function endOf(name: string, end: number): number {
  const a = name.charCodeAt(end - 3) & 31;
  const b = name.charCodeAt(end - 2) & 31;
  return (a << 10) | (b << 5) | (name.charCodeAt(end - 1) & 31);
}

function folded(name: string): string {
  return name.toLowerCase().replace(SEPARATORS, '');
}

/** `X-` says of a header field that it is no standard's, and nothing of what is in it. */
function withoutX(name: string): string {
  return folded(name.replace(/^[-_. ]*x[-_]/i, ''));
}
