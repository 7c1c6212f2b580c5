import type { ServerResponse } from 'node:http';
import { withDocumentationUrl } from './documentation-header';
import type { Exchange, ResponseHead } from './exchange';
import { originalMethod, replaceMethod } from './replace-method';

/** The part of Node's response that holds the head as it went to the client. */
interface ServerResponseInternals {
  /** Status line and header block; present in Node 20 to 26 as soon as the head has been made. */
  readonly _header?: unknown;
  /** False for a response to HEAD, and for 1xx, 204 and 304 once the head has been made. */
  readonly _hasBody?: unknown;
}

/**
 * Watches a response being written. The original method is always called first, with all that it was
 * given, and what it returns or throws is returned or thrown; what it accepted is then copied.
 *
 * @param onEnd called after every successful `end()`.
 */
export function tapResponse(
  response: ServerResponse,
  exchange: Exchange,
  documentationUrl: () => string | undefined,
  onEnd: () => void,
): void {
  const write = originalMethod(response, 'write');
  const end = originalMethod(response, 'end');
  const writeHead = originalMethod(response, 'writeHead');

  // `arguments` goes on as it came: other wrappers may count, and the parameters are there so that the
  // methods keep their `length`.
  replaceMethod(
    response,
    'writeHead',
    function (this: ServerResponse, _status: unknown, _reason: unknown, _headers: unknown) {
      // Node calls writeHead itself for an implicit head, so this is passed once by every response.
      const args = this.headersSent
        ? arguments
        : beforeHead(this, exchange, documentationUrl, arguments);
      return Reflect.apply(writeHead(this), this, args);
    },
  );

  replaceMethod(
    response,
    'write',
    function (this: ServerResponse, chunk: unknown, encoding: unknown, _callback: unknown) {
      const open = acceptsBody(this);
      const result = Reflect.apply(write(this), this, arguments);
      if (open && exchange.logged) record(this, exchange, chunk, encoding);
      return result;
    },
  );

  replaceMethod(
    response,
    'end',
    function (this: ServerResponse, chunk: unknown, encoding: unknown, _callback: unknown) {
      const open = acceptsBody(this);
      if (!this.writableEnded && !open) exchange.endsInVain();
      const result = Reflect.apply(end(this), this, arguments);
      if (open && exchange.logged) record(this, exchange, chunk, encoding);
      onEnd();
      return result;
    },
  );
}

/** The head that was sent, or `undefined` when none was. */
export function sentHead(response: ServerResponse): ResponseHead | undefined {
  if (!response.headersSent) return undefined;
  const { _header } = response as ServerResponse & ServerResponseInternals;
  const block = typeof _header === 'string' ? _header : headerBlock(response);
  // Not `statusCode`: an application may set it when the head is already on its way.
  const [, status, statusText] = /^HTTP\/\d\.\d (\d{3}) ?([^\r\n]*)/.exec(block) ?? [];
  return {
    status: status === undefined ? response.statusCode : Number(status),
    statusText: statusText ?? '',
    block,
  };
}

/** For response objects without Node's own block: what `setHeader` was told. */
function headerBlock(response: ServerResponse): string {
  const lines = [`HTTP/1.1 ${response.statusCode} ${response.statusMessage ?? ''}`];
  for (const name of response.getHeaderNames()) {
    for (const value of [response.getHeader(name)].flat()) lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** @returns the arguments with which the head is to be written. */
function beforeHead(
  response: ServerResponse,
  exchange: Exchange,
  documentationUrl: () => string | undefined,
  args: ArrayLike<unknown>,
): ArrayLike<unknown> {
  try {
    exchange.headIsDue();
    const url = documentationUrl();
    if (url === undefined || !exchange.logged) return args;
    return withDocumentationUrl(response, args, `${url}/logs/${exchange.id}`);
  } catch {
    return args; // The response goes out as if nobody had looked.
  }
}

/**
 * After `end` or a lost connection Node takes nothing more, though it may not throw. The response learns
 * of a socket that was destroyed only a tick later.
 */
function acceptsBody(response: ServerResponse): boolean {
  return !response.writableEnded && !response.destroyed && response.socket?.destroyed !== true;
}

function record(
  response: ServerResponse,
  exchange: Exchange,
  chunk: unknown,
  encoding: unknown,
): void {
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
  if (!hasBody(response, exchange)) return;
  try {
    exchange.responseBody.add(
      chunk,
      typeof encoding === 'string' ? (encoding as BufferEncoding) : undefined,
    );
  } catch {
    // A chunk that cannot be copied is left out; the application must not notice.
  }
}

/** Some responses have no body (RFC 9110 §6.4.1): Node drops what is written to them, and says so. */
function hasBody(response: ServerResponse, exchange: Exchange): boolean {
  const { _hasBody } = response as ServerResponse & ServerResponseInternals;
  if (typeof _hasBody === 'boolean') return _hasBody;
  const { statusCode } = response;
  return (
    exchange.method !== 'HEAD' && statusCode >= 200 && statusCode !== 204 && statusCode !== 304
  );
}
