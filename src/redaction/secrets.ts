import type { RecordContents } from '../record/read-record';
import { SecretFields } from './key-headers';
import { maskOfCaller, SecretMask } from './mask';

/** The key of callers without one; as a word in a body it is no secret. */
export const ANONYMOUS_KEY = 'anonymous';

/** Callers whose masks are kept, so that a key is hashed once and not with every log. */
const MOST_CALLERS = 500;

/** What is known of a caller's key. */
interface CallerSecrets {
  /** The masked key. */
  readonly id: string;
  readonly secrets: SecretMask;
}

/** Masks of the callers seen last. */
export class CallerMasks {
  readonly #callers = new Map<string, CallerSecrets>();
  readonly #fields = new SecretFields();

  of(key: string): CallerSecrets {
    let caller = this.#callers.get(key);
    if (caller === undefined) {
      if (this.#callers.size >= MOST_CALLERS) this.#callers.clear();
      caller = {
        id: maskOfCaller(key),
        secrets: new SecretMask(key === ANONYMOUS_KEY ? undefined : key, undefined, this.#fields),
      };
      this.#callers.set(key, caller);
    }
    return caller;
  }
}

/**
 * Takes out of what was read of a record what no log may hold: the caller's key. Header fields and bodies are left
 * to who writes them, with the same `secrets`.
 */
export function hideSecrets(record: RecordContents, { id, secrets }: CallerSecrets): void {
  record.callerKey = '';
  record.groupId = id;
  record.route = secrets.hideInUrl(record.route);
  record.label = secrets.hide(record.label);
  record.email = secrets.hide(record.email);
  record.url = secrets.hideInUrl(record.url);
  record.method = secrets.hide(record.method);
  record.statusText = secrets.hide(record.statusText);
}
