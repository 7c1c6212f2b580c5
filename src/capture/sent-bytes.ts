import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The part of Node's sockets that counts, without looking at what waits to be written. */
interface SocketInternals {
  readonly _bytesDispatched?: unknown;
  /** The response that is being sent. */
  readonly _httpMessage?: unknown;
}

interface ResponseInternals {
  /** True when the client was asked to go on (`100 Continue`), which is no response. */
  readonly _sent100?: unknown;
}

/** Bytes sent on a connection before a request; NaN where an earlier response is still being sent. */
export function bytesSentBefore(socket: Socket | undefined, response: ServerResponse): number {
  const { _bytesDispatched: bytes, _httpMessage: sending } = (socket ?? {}) as SocketInternals;
  if (typeof bytes !== 'number' || (sending ?? response) !== response) return Number.NaN;
  return bytes;
}

/**
 * Whether something was sent in place of a response: the application has written to the socket itself, as it may
 * after Fastify's `hijack()`, or only an informational response (102, 103). What it was is not seen.
 *
 * @param response of which no head was sent.
 */
export function isSentUnseen(
  socket: Socket | undefined,
  response: ServerResponse,
  before: number,
): boolean {
  return bytesSince(socket, before) > 0 && (response as ResponseInternals)._sent100 !== true;
}

/** Bytes that have gone to the system since then, and not only into a buffer; NaN where it is not known. */
export function bytesSince(socket: Socket | undefined, before: number): number {
  const { _bytesDispatched: bytes } = (socket ?? {}) as SocketInternals;
  return typeof bytes === 'number' ? bytes - before : Number.NaN;
}
