import type { ServerResponse } from 'node:http';

/** The part of Node's response that holds the head as it went to the client. */
interface ServerResponseInternals {
  /** Status line and header block; present in Node 20 to 26 as soon as the head has been made. */
  readonly _header?: unknown;
  /** False until the head, which may have been made before, is written with the first bytes. */
  readonly _headerSent?: unknown;
}

type Internals = ServerResponse & ServerResponseInternals;

/** True when nothing has been written to the connection, or to what waits for its turn on it. */
export function isUnsent(response: ServerResponse): boolean {
  return (response as Internals)._headerSent === false;
}

/**
 * The head that was sent, from the status line to the empty line, or `undefined` when none was. Not made of
 * `statusCode`: an application may set it when the head is already on its way.
 */
export function headBlock(response: ServerResponse): string | undefined {
  if (!response.headersSent || isUnsent(response)) return undefined;
  const { _header } = response as Internals;
  return typeof _header === 'string' ? _header : composedBlock(response);
}

/** For response objects without Node's own block: what `setHeader` was given. */
function composedBlock(response: ServerResponse): string {
  const lines = [`HTTP/1.1 ${response.statusCode} ${response.statusMessage ?? ''}`];
  for (const name of response.getHeaderNames()) {
    for (const value of [response.getHeader(name)].flat()) lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
