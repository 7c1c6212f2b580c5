import { LAYOUT } from './record';

/**
 * The numbers of one record, as views of one piece of memory. Stores into typed arrays and one copy cost a
 * tenth of writing each number at its place in a Buffer; and a record may begin at an address at which no
 * such view can.
 */
class Numbers {
  readonly bytes: Uint8Array;
  readonly shorts: Uint16Array;
  readonly ints: Int32Array;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;

  constructor(texts: number) {
    const memory = new ArrayBuffer(8 * Math.ceil((LAYOUT.head + 4 * texts) / 8));
    this.bytes = new Uint8Array(memory);
    this.shorts = new Uint16Array(memory);
    this.ints = new Int32Array(memory);
    this.words = new Uint32Array(memory);
    this.doubles = new Float64Array(memory);
  }
}

/** Texts of more than 240 header fields: an exchange that has more gets numbers of its own. */
const USUAL_TEXTS = 512;
let usual: Numbers | undefined;

/**
 * Room for the numbers of a record. It is used again by the next call, so it must not be kept.
 *
 * @param texts named ones and those of header fields.
 */
export function numbersFor(texts: number): Numbers {
  if (texts > USUAL_TEXTS) return new Numbers(texts);
  usual ??= new Numbers(USUAL_TEXTS);
  return usual;
}
