import type { ServerResponse } from 'node:http';
import { loadBuiltin } from '../bundles/load-builtin';
import { closeExchange, closeIfStranded } from './close-exchange';
import { withDocumentationUrl } from './documentation-header';
import type { Exchange } from './exchange';
import { exchangeOf, linkExchange } from './exchange-of';
import { originalMethod, Taps } from './tapped-method';

/** The part of Node's response that says whether it has a body. */
interface ServerResponseInternals {
  /** False for a response to HEAD, and for 1xx, 204 and 304 once the head has been made. */
  readonly _hasBody?: unknown;
}

const { prototype: NODE_RESPONSE } =
  loadBuiltin<typeof import('node:http')>('node:http').ServerResponse;
const RESPONSE_TAPS = new Taps({ writeHead, write, end });

/**
 * Watches a response being written. The original method is always called first, with all that it was
 * given, and what it returns or throws is returned or thrown; what it accepted is then copied.
 */
export function tapResponse(response: ServerResponse, exchange: Exchange): void {
  exchange.ownMethods = RESPONSE_TAPS.putOn(response, exchange.ownMethods);
  linkExchange(response, exchange);
  response.on('close', onClose);
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
  return Reflect.apply(originalMethod(this, 'writeHead', exchange, NODE_RESPONSE), this, args);
}

function write(
  this: ServerResponse,
  chunk: unknown,
  encoding: unknown,
  _callback: unknown,
): unknown {
  const exchange = exchangeOf(this);
  const open = exchange?.capturing === true && acceptsBody(this);
  const result = Reflect.apply(
    originalMethod(this, 'write', exchange, NODE_RESPONSE),
    this,
    arguments,
  );
  if (open) record(this, exchange, chunk, encoding);
  return result;
}

function end(this: ServerResponse, chunk: unknown, encoding: unknown, _callback: unknown): unknown {
  const exchange = exchangeOf(this);
  const open = acceptsBody(this);
  if (!open && !this.writableEnded) exchange?.markAborted();
  const result = Reflect.apply(
    originalMethod(this, 'end', exchange, NODE_RESPONSE),
    this,
    arguments,
  );
  if (open && exchange !== undefined) record(this, exchange, chunk, encoding);
  closeIfStranded(exchange);
  return result;
}

/**
 * The end of a response is its `close` event. A listener, though the application can count it: an `emit` of our own
 * would stand in the stack of every exception in a listener of the application; an accessor in place of `_closed`
 * makes V8 keep the properties of the response in a dictionary (16 µs and 2.7 KB a response); and when `detachSocket`
 * and `destroy` are followed by `close` is different in Node 20 and 24.
 */
function onClose(this: ServerResponse): void {
  closeExchange(exchangeOf(this));
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
