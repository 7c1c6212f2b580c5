import type { ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { loadBuiltin } from '../bundles/load-builtin';

const { STATUS_CODES } = loadBuiltin<typeof import('node:http')>('node:http');

/** What Node's server makes of an error of its parser, where it is not 400. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
/**
 * The client has closed its side in the middle of the request. Node answers 400 to that too, but nearly always the
 * client is gone.
 */
const EARLY_END = 'HPE_INVALID_EOF_STATE';

/**
 * What Node has answered itself because the rest of a request cannot be parsed, or does not come: as its
 * `socketOnError` (20 to 26) does for the response that is next, if nothing of that was sent, and the
 * application has no `clientError` listener.
 *
 * @param response of which no head was sent.
 * @returns the head of the answer, which has no body.
 */
export function nodeAnswer(
  response: ServerResponse,
  socket: (Socket & { readonly server?: Server }) | undefined,
): string | undefined {
  const code = codeOf(socket);
  if (code === undefined || response.socket !== socket) return undefined;
  const status = STATUSES[code] ?? (code.startsWith('HPE_') ? 400 : undefined);
  if (status === undefined || code === EARLY_END) return undefined;
  if (socket?.server?.listenerCount('clientError') !== 0) return undefined;
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`;
}

/** True when the client left before its request was complete. */
export function endedEarly(socket: Socket | undefined): boolean {
  return codeOf(socket) === EARLY_END;
}

function codeOf(socket: Socket | undefined): string | undefined {
  return (socket?.errored as NodeJS.ErrnoException | null | undefined)?.code;
}
