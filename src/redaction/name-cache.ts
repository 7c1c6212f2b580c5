const SLOTS = 512;

/** Names of ASCII bytes and what was decided of them, found again without making a string. Of fixed size. */
export class NameCache {
  readonly #names: (Buffer | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #decisions = new Uint8Array(SLOTS);

  /** @param decide what is asked of a name that is not known; `undefined` is not kept. */
  get(
    ascii: Buffer,
    start: number,
    end: number,
    decide: (name: string) => boolean | undefined,
  ): boolean | undefined {
    let hash = end - start;
    for (let at = start; at < end; at += 1) hash = (31 * hash + (ascii[at] as number)) | 0;
    const slot = (hash ^ (hash >>> 9)) & (SLOTS - 1);
    const known = this.#names[slot];
    if (known !== undefined && equals(known, ascii, start, end)) return this.#decisions[slot] === 1;
    const name = ascii.toString('latin1', start, end);
    const decision = decide(name);
    if (decision !== undefined) {
      this.#names[slot] = Buffer.from(name, 'latin1');
      this.#decisions[slot] = decision ? 1 : 0;
    }
    return decision;
  }
}

function equals(known: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let index = 0; index < known.length; index += 1) {
    if (known[index] !== bytes[start + index]) return false;
  }
  return true;
}
