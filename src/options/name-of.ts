/** The form of Node's and OpenSSL's codes: no place for a sentence. */
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;

/** What may be told of an exception: its message could hold what the application keeps secret. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Its code, where it has one of the usual form, else its name. */
export function codeOrNameOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && CODE.test(code) ? code : nameOf(error);
}
