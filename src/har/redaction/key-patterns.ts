/** So much of a key at the end of a cut text is taken for its beginning. */
const SHORTEST_BEGINNING = 4;

/** The short escapes of JSON (RFC 8259 §7). */
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
};

/**
 * A key in every spelling that JSON and percent-encoding have for it: each character plain, or escaped in
 * any of the ways that there are, since PHP, Python, Go and browsers all choose others.
 */
export class KeyPatterns {
  readonly #key: string;
  readonly #masked: string;
  #json: RegExp | undefined;
  #percent: RegExp | undefined;

  /** @param masked what stands in place of the key. */
  constructor(key: string, masked: string) {
    this.#key = key;
    this.#masked = masked;
  }

  /** @param plain what stands in place of a key that is spelt without any escape. */
  replaceIn(text: string, plain: string): string {
    let result = text;
    if (result.includes(this.#key)) result = result.replaceAll(this.#key, () => plain);
    if (result.includes('\\')) {
      this.#json ??= new RegExp([...this.#key].map(inJson).join(''), 'g');
      result = result.replace(this.#json, () => JSON.stringify(this.#masked).slice(1, -1));
    }
    if (result.includes('%') || (result.includes('+') && this.#key.includes(' '))) {
      this.#percent ??= new RegExp([...this.#key].map(inPercent).join(''), 'g');
      result = result.replace(this.#percent, () => percent(this.#masked));
    }
    return result;
  }

  /** A text without the beginning of a key that stands at its end. */
  withoutCutKey(text: string): string {
    for (const key of [this.#key, percent(this.#key), JSON.stringify(this.#key).slice(1, -1)]) {
      for (let length = key.length - 1; length >= SHORTEST_BEGINNING; length--) {
        if (text.endsWith(key.slice(0, length))) return text.slice(0, -length);
      }
    }
    return text;
  }
}

/** Percent-encodes; by way of UTF-8, because a lone surrogate would be a URIError. */
export function percent(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}

function inJson(character: string): string {
  const ways = [exactly(character)];
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) ways.push(`\\\\${exactly(short)}`);
  ways.push(
    character
      .split('')
      .map((unit) => `\\\\u${anyCase(unit.charCodeAt(0).toString(16).padStart(4, '0'))}`)
      .join(''),
  );
  return `(?:${ways.join('|')})`;
}

function inPercent(character: string): string {
  const octets = Buffer.from(character, 'utf8').toString('hex').match(/../g) ?? [];
  const ways = [exactly(character), octets.map((octet) => `%${anyCase(octet)}`).join('')];
  if (character === ' ') ways.push('\\+');
  return `(?:${ways.join('|')})`;
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function exactly(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
