/** Who ended an HTTP/2 stream before its response was complete; the session: its connection, or a GOAWAY. */
export type ResetBy = 'client' | 'server' | 'session';

/** By the number that stands for it. */
const BY: readonly (ResetBy | undefined)[] = [undefined, 'client', 'server', 'session'];
/** Names of RFC 9113 §7, by their codes. */
const CODES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

/** @returns who and why in the 16 bits that a record has for it; 0 is no reset. */
export function streamReset(by: ResetBy, code: number): number {
  return (BY.indexOf(by) << 8) | Math.min(code, 255);
}

/** The same, to be read; `undefined` where there was none. */
export function readStreamReset(reset: number): { by: ResetBy; code: string } | undefined {
  const by = BY[reset >> 8];
  return by && { by, code: CODES[reset & 255] ?? 'an unknown error' };
}
