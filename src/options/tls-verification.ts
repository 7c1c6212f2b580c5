import { channel } from 'node:diagnostics_channel';

/** Answered by `register`, which knows what held when the process started; it loads no other file then. */
const atStart: { verifyTls?: boolean } = {};
channel('readme-metrics-opentelemetry.register').publish(atStart);

/**
 * Whether connections to ReadMe check the server's certificate: as whoever started the process wants it.
 * Read when this package is loaded, because an application that sets NODE_TLS_REJECT_UNAUTHORIZED later, for
 * a server of its own, does not mean to send logs to whoever answers.
 */
export const VERIFY_TLS = atStart.verifyTls ?? process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0';
