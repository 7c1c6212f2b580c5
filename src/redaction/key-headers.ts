import { copyOf } from '../record/copy-of';
import { CREDENTIAL_ENDINGS, NOT_CREDENTIALS } from './credential-endings';
import { SpelledNames } from './spelled-names';

/**
 * Header fields that carry a key by their name, whoever the caller is. It is the endings that decide: no list of
 * vendors is complete, and `PRIVATE-TOKEN`, `X-Shopify-Access-Token` and `X-Amz-Security-Token` all end in `token`.
 * `Idempotency-Key`, `Sec-WebSocket-Key` and `Surrogate-Key` carry none, so that of names with `key` those are masked
 * of which it is known. Signatures of one request and one-time codes are left to `@credentials`.
 */
const KEY_HEADERS = new SpelledNames({
  names: [
    'x-session-id',
    'session-id',
    // Honeycomb's key, the claims of a user behind AWS's load balancer, Firebase's proof of an app
    'x-honeycomb-team',
    'x-amzn-oidc-data',
    'x-firebase-appcheck',
  ],
  endings: [
    ...CREDENTIAL_ENDINGS,
    'authorization',
    'jwt-assertion',
    'account-key',
    'admin-key',
    'app-key',
    'application-key',
    'auth-key',
    'client-key',
    'customer-key',
    'functions-key',
    'insert-key',
    'license-key',
    'master-key',
    'query-key',
    'service-key',
    'session-key',
    'subscription-key',
  ],
  exceptions: NOT_CREDENTIALS,
});

/** As `groupByApiKey` takes a key from any field with this in its name. */
const API_KEY = /api[-_]?key/;

/**
 * Whether a header field's whole value is a credential by the field's name: `Authorization`, `X-Api-Key`, ….
 *
 * @param field its name in lower case
 */
export function carriesKey(field: string): boolean {
  return KEY_HEADERS.hasLower(field) || (field.includes('api') && API_KEY.test(field));
}

/** What is to be masked in a header field, by its name. */
export type SecretIn = 'cookies' | 'set-cookie' | 'whole value' | 'caller key';

const MOST_KNOWN = 500;
const LONGEST_KNOWN = 64;

/** Says of header fields what is to be masked in them. Names are few and come again: what was found out is kept. */
export class SecretFields {
  readonly #known = new Map<string, SecretIn>();

  of(name: string): SecretIn {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const secret = secretIn(name.toLowerCase());
    if (name.length <= LONGEST_KNOWN) {
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.set(copyOf(name), secret);
    }
    return secret;
  }
}

/** @param field its name in lower case */
export function secretIn(field: string): SecretIn {
  // The second of each is of RFC 2965.
  if (field === 'cookie' || field === 'cookie2') return 'cookies';
  if (field === 'set-cookie' || field === 'set-cookie2') return 'set-cookie';
  return carriesKey(field) ? 'whole value' : 'caller key';
}
