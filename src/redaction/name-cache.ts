const SLOTS = 512;

/** Names of ASCII bytes and what was decided of them, found again without making a string. Of fixed size. */
export class NameCache {
  readonly #names: (Buffer | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #decisions = new Uint8Array(SLOTS);

  /** What was decided of a name; undefined when it is not known. */
  find(ascii: Buffer, start: number, end: number): boolean | undefined {
    const slot = slotOf(ascii, start, end);
    const known = this.#names[slot];
    if (known === undefined || !equals(known, ascii, start, end)) return undefined;
    return this.#decisions[slot] === 1;
  }

  /** Keeps what was decided, in place of another name. */
  add(ascii: Buffer, start: number, end: number, decision: boolean): void {
    const slot = slotOf(ascii, start, end);
    this.#names[slot] = Buffer.from(ascii.subarray(start, end));
    this.#decisions[slot] = decision ? 1 : 0;
  }
}

function slotOf(ascii: Buffer, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at += 1) hash = (31 * hash + (ascii[at] as number)) | 0;
  return (hash ^ (hash >>> 9)) & (SLOTS - 1);
}

function equals(known: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let index = 0; index < known.length; index += 1) {
    if (known[index] !== bytes[start + index]) return false;
  }
  return true;
}
