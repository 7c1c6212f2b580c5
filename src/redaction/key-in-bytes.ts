import { byteForms, type KeyForm } from './key-forms';
import { KeySpellings } from './key-spellings';

/** A key in bytes that are no text, or in no charset that is known. */
export class KeyInBytes {
  readonly #forms: readonly { readonly form: KeyForm; readonly spellings: KeySpellings }[];

  constructor(key: string, masked: string) {
    this.#forms = byteForms(key, masked).map((form) => ({
      form,
      spellings: new KeySpellings(form.key, form.masked),
    }));
  }

  /**
   * The bytes without the key; the same object where it does not stand there.
   *
   * @param cut they are only the beginning, so that a beginning of the key at their end goes as well.
   */
  hideIn(bytes: Buffer, cut: boolean): Buffer {
    // One character a byte.
    const text = bytes.toString('latin1');
    let hidden = text;
    for (const { form, spellings } of this.#forms) {
      hidden = spellings.replaceIn(hidden, form.masked);
      if (cut) hidden = spellings.withoutCutKey(hidden);
    }
    return hidden === text ? bytes : Buffer.from(hidden, 'latin1');
  }
}
