import type { IncomingMessage, ServerResponse } from 'node:http';
import { loadBuiltin } from '../bundles/load-builtin';
import { closeAfterResponse, closeExchange, closeIfStranded } from './close-exchange';
import { withDocumentationUrl } from './documentation-header';
import type { Exchange } from './exchange';
import { exchangeOf, linkExchange } from './exchange-of';
import { isUnsent } from './response-head';
import { Tap } from './tap';

/** The part of Node's response that says whether it has a body. */
interface ServerResponseInternals {
  /** False for a response to HEAD, and for 1xx, 204 and 304 once the head has been made. */
  readonly _hasBody?: unknown;
}

/** The part of Node's sockets that says what a server does with them. */
interface SocketInternals {
  /** The response that is being sent; those of further requests wait for their turn. */
  readonly _httpMessage?: unknown;
  readonly parser?: unknown;
}

const { ServerResponse: NodeResponse } = loadBuiltin<typeof import('node:http')>('node:http');
const WRITE_HEAD = new Tap(NodeResponse.prototype, {
  name: 'writeHead',
  method: writeHead,
  read: (prototype) => prototype.writeHead,
});
const WRITE = new Tap(NodeResponse.prototype, {
  name: 'write',
  method: write,
  read: (prototype) => prototype.write,
});
const END = new Tap(NodeResponse.prototype, {
  name: 'end',
  method: end,
  read: (prototype) => prototype.end,
});
const DETACH_SOCKET = new Tap(NodeResponse.prototype, {
  name: 'detachSocket',
  method: detachSocket,
  read: (prototype) => prototype.detachSocket,
});
const DESTROY = new Tap(NodeResponse.prototype, {
  name: 'destroy',
  method: destroy,
  read: (prototype) => prototype.destroy,
});
/** Up to Node 22 a response without a connection waits for one when it is destroyed. */
const CLOSES_WHEN_DESTROYED = destroyedResponse().listenerCount('socket') === 0;

/**
 * Watches a response being written. The original method is always called first, with all that it was
 * given, and what it returns or throws is returned or thrown; what it accepted is then copied.
 */
export function tapResponse(response: ServerResponse, exchange: Exchange): void {
  const socket = (response.req as { readonly socket?: SocketInternals | null } | undefined)?.socket;
  WRITE_HEAD.putOn(response);
  WRITE.putOn(response);
  END.putOn(response);
  DETACH_SOCKET.putOn(response);
  if (CLOSES_WHEN_DESTROYED && (socket?._httpMessage ?? response) !== response) {
    DESTROY.putOn(response);
  }
  linkExchange(response, exchange);
  // Requests that have come over no connection (`inject()`, Lambda adapters) have responses that nothing detaches,
  // and not all of these close.
  if (!socket?.parser) response.once('finish', onFinish).once('close', onClose);
}

// `arguments` goes on as it came: other wrappers may count, and the parameters are there so that the
// methods keep their `length`.

function writeHead(
  this: ServerResponse,
  _status: unknown,
  _reason: unknown,
  _headers: unknown,
): unknown {
  const exchange = exchangeOf(this);
  // Node calls writeHead itself for an implicit head, so this is passed once by every response.
  const args =
    exchange === undefined || this.headersSent ? arguments : beforeHead(this, exchange, arguments);
  return Reflect.apply(WRITE_HEAD.original(this, exchange), this, args);
}

function write(
  this: ServerResponse,
  chunk: unknown,
  encoding: unknown,
  _callback: unknown,
): unknown {
  const exchange = exchangeOf(this);
  const open = acceptsBody(this);
  if (!open && !this.writableEnded) exchange?.markAborted(isUnsent(this));
  const result = Reflect.apply(WRITE.original(this, exchange), this, arguments);
  if (open && exchange?.capturing === true) record(this, exchange, chunk, encoding);
  return result;
}

function end(this: ServerResponse, chunk: unknown, encoding: unknown, _callback: unknown): unknown {
  const exchange = exchangeOf(this);
  const open = acceptsBody(this);
  if (!open && !this.writableEnded) exchange?.markAborted(isUnsent(this));
  const result = Reflect.apply(END.original(this, exchange), this, arguments);
  if (open && exchange !== undefined) record(this, exchange, chunk, encoding);
  closeIfStranded(exchange);
  return result;
}

/**
 * Node's server calls this when all of the response has been written, and then emits `close` in the next tick. What
 * ends before is seen by the `destroy` of its request, or of itself.
 *
 * Not by a listener: the application sees how many there are, and its eleventh draws a MaxListenersExceededWarning.
 * Nor by an `emit` of our own, which would stand in the stack of every exception in a listener of the application;
 * nor by an accessor in place of `_closed`, which makes V8 keep the properties of the response in a dictionary
 * (16 µs and 2.7 KB a response).
 */
function detachSocket(this: ServerResponse, _socket: unknown): unknown {
  const exchange = exchangeOf(this);
  if (exchange !== undefined) exchange.detached = true;
  process.nextTick(closeAfterResponse, exchange);
  return Reflect.apply(DETACH_SOCKET.original(this, exchange), this, arguments);
}

/** A response whose turn has not come emits `close` in the next tick. It has to be closed before. */
function destroy(this: ServerResponse, _error: unknown): unknown {
  const exchange = exchangeOf(this);
  if (!this.destroyed && this.socket === null) process.nextTick(closeExchange, exchange);
  return Reflect.apply(DESTROY.original(this, exchange), this, arguments);
}

/** The sockets that adapters make up do not know how much they have still to write, so that Node knows no end. */
function onFinish(this: ServerResponse): void {
  const exchange = exchangeOf(this);
  if (exchange === undefined) return;
  exchange.responseFinished = true;
  // Within `end`, where these sockets have written at once: what was given to it is still to be recorded. And before
  // the adapter's promise is settled, after which Lambda freezes the process.
  queueMicrotask(() => closeExchange(exchange));
}

function onClose(this: ServerResponse): void {
  closeExchange(exchangeOf(this));
}

function destroyedResponse(): ServerResponse {
  return new NodeResponse({ method: 'GET' } as IncomingMessage).destroy();
}

/** @returns the arguments with which the head is to be written. */
function beforeHead(
  response: ServerResponse,
  exchange: Exchange,
  args: ArrayLike<unknown>,
): ArrayLike<unknown> {
  if (exchange.closed) return args;
  try {
    exchange.beforeHeaders();
    const url = exchange.settings.documentationUrl();
    if (url === undefined || !exchange.logged) return args;
    return withDocumentationUrl(response, args, `${url}/logs/${exchange.logId}`);
  } catch {
    return args; // The response goes out as if it were not observed.
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
  // Asked again: by the grouping function, which is called when the head is written, it may have been decided
  // that the exchange is not logged.
  if (!exchange.capturing || !hasBody(response, exchange)) return;
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
  try {
    exchange.captureResponse(
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
