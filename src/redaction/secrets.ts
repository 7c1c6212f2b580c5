import type { SpanRecord } from '../record/span-record';
import { mask, SecretMask } from './mask';

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

  of(key: string): CallerSecrets {
    let caller = this.#callers.get(key);
    if (caller === undefined) {
      if (this.#callers.size >= MOST_CALLERS) this.#callers.clear();
      caller = {
        id: mask(key),
        secrets: new SecretMask(key === ANONYMOUS_KEY ? undefined : key),
      };
      this.#callers.set(key, caller);
    }
    return caller;
  }
}

/**
 * A record without what no log may hold: credentials, cookie values and the caller's key. Bodies are left
 * to who decodes them, with the same `secrets`.
 */
export function hideSecrets(record: SpanRecord, { id, secrets }: CallerSecrets): SpanRecord {
  const { callerKey: _callerKey, request, response, group, route, ...others } = record;
  return {
    ...others,
    ...(route !== undefined && { route: secrets.hideInUrl(route) }),
    group: {
      id,
      ...(group.label !== undefined && { label: secrets.hide(group.label) }),
      ...(group.email !== undefined && { email: secrets.hide(group.email) }),
    },
    request: {
      ...request,
      url: secrets.hideInUrl(request.url),
      headers: secrets.hideInHeaders(request.headers),
    },
    response: {
      ...response,
      statusText: secrets.hide(response.statusText),
      headers: secrets.hideInHeaders(response.headers),
    },
  };
}
