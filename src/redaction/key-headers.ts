import { CREDENTIAL_ENDINGS, NOT_CREDENTIALS } from './credential-names';
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
const API_KEY = /api[-_]?key/i;

/** Whether a header field's whole value is a credential by the field's name: `Authorization`, `X-Api-Key`, …. */
export function carriesKey(name: string): boolean {
  return KEY_HEADERS.has(name) || API_KEY.test(name);
}
