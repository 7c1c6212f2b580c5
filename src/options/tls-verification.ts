/** Where `register` leaves what held when the process started; it loads no other file then. */
const REGISTERED = Symbol.for('readme-metrics-opentelemetry.register');
const processWide = globalThis as { readonly [REGISTERED]?: { readonly verifyTls?: boolean } };

/**
 * Whether connections to ReadMe check the server's certificate: as whoever started the process wants it.
 * Read when this package is loaded, because an application that sets NODE_TLS_REJECT_UNAUTHORIZED later, for
 * a server of its own, does not mean to send logs to whoever answers.
 */
export const VERIFY_TLS =
  processWide[REGISTERED]?.verifyTls ?? process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0';
