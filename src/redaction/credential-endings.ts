/** What a name ends in that is one of `@credentials` whatever stands before: `githubToken`, `db_password`. */
export const CREDENTIAL_ENDINGS: readonly string[] = Object.freeze([
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'jwt',
  'api_key',
  'secret_key',
  'private_key',
  'access_key',
  'signing_key',
  'encryption_key',
]);

/** What these endings would take for a token and is none: marks of a place in a list, of a lock, of a text. */
export const NOT_CREDENTIALS: readonly string[] = Object.freeze([
  'page_token',
  'next_token',
  'previous_token',
  'prev_token',
  'continuation_token',
  'cursor_token',
  'sync_token',
  'resume_token',
  'start_token',
  'stop_token',
  'end_token',
  'lock_token',
]);

/**
 * Names that are hidden by `@credentials` in header fields, query, forms and uploads only: Google's `?key=`, OAuth's
 * `?code=` and Alipay's `?sign=` are credentials, and `{"key":"color"}`, `{"error":{"code":"not_found"}}` and
 * `{"sign":"taurus"}` are none.
 */
export const CREDENTIAL_PARAMETERS: readonly string[] = Object.freeze(['key', 'code', 'sign']);
