import type { ServerHttp2Stream } from 'node:http2';
import { closeExchange } from '../close-exchange';
import { runInScope } from '../current-exchange';
import { withDocumentationUrlIn } from '../documentation-header';
import { exchangeOf, linkExchange } from '../exchange-of';
import { Tap } from '../tap';
import type { StreamExchange } from './stream-exchange';

/** By Node's prototype of streams: `node:http2`, which gives it away only with a stream, is not loaded for it. */
const taps = new WeakMap<object, readonly Tap<ServerHttp2Stream>[]>();

/**
 * Watches an HTTP/2 stream. Node's compatibility API reads from it and writes to it, so that its methods see both
 * APIs. The original method is always called, with all that it was given, and what it returns or throws is
 * returned or thrown.
 */
export function tapStream(stream: ServerHttp2Stream, exchange: StreamExchange): void {
  const prototype = Object.getPrototypeOf(stream) as ServerHttp2Stream;
  let known = taps.get(prototype);
  if (known === undefined) {
    known = tapsFor(prototype);
    taps.set(prototype, known);
  }
  for (const tap of known) tap.putOn(stream);
  linkExchange(stream, exchange);
}

const observing = exchangeOf as (stream: object) => StreamExchange | undefined;

type Method = (...args: unknown[]) => unknown;
/** Gives the method that a tap stands in for. */
type Original = (stream: ServerHttp2Stream, exchange: StreamExchange | undefined) => Method;

// The parameters are there so that the methods keep their `length`.
function tapsFor(prototype: ServerHttp2Stream): Tap<ServerHttp2Stream>[] {
  const tap = (
    name: string | symbol,
    read: (host: ServerHttp2Stream) => unknown,
    methodFor: (original: Original) => (this: ServerHttp2Stream, ...args: never[]) => unknown,
  ): Tap<ServerHttp2Stream> => {
    const method = methodFor((stream, exchange) => made.original(stream, exchange));
    const made = new Tap(prototype, { name, read, method });
    return made;
  };
  const taps = [
    tap(
      'push',
      (host) => host.push,
      (original) =>
        function push(this: ServerHttp2Stream, chunk: unknown, encoding?: BufferEncoding) {
          return pushTo(this, original, chunk, encoding);
        },
    ),
    tap('respond', (host) => host.respond, respondWith),
    tap(
      'respondWithFile',
      (host) => host.respondWithFile,
      (original) =>
        function respondWithFile(
          this: ServerHttp2Stream,
          _path: unknown,
          _headers: unknown,
          _options: unknown,
        ) {
          return sendFile(this, original, arguments);
        },
    ),
    tap(
      'respondWithFD',
      (host) => host.respondWithFD,
      (original) =>
        function respondWithFD(
          this: ServerHttp2Stream,
          _fd: unknown,
          _headers: unknown,
          _options: unknown,
        ) {
          return sendFile(this, original, arguments);
        },
    ),
    tap(
      'write',
      (host) => host.write,
      (original) =>
        function write(this: ServerHttp2Stream, _chunk: unknown, _enc: unknown, _cb: unknown) {
          return writeTo(this, original, arguments);
        },
    ),
    tap(
      'end',
      (host) => host.end,
      (original) =>
        function end(this: ServerHttp2Stream, _chunk: unknown, _enc: unknown, _cb: unknown) {
          return writeTo(this, original, arguments);
        },
    ),
    tap(
      'close',
      (host) => host.close,
      (original) =>
        // Node's has no length either, because of its default values.
        function close(this: ServerHttp2Stream) {
          return endBy(this, original, arguments);
        },
    ),
    tap(
      'destroy',
      (host) => host.destroy,
      (original) =>
        function destroy(this: ServerHttp2Stream, _error: unknown, _callback: unknown) {
          const result = endBy(this, original, arguments);
          // Node destroys every stream in the end, whatever has ended it, and emits `close` in the next tick.
          closeExchange(observing(this));
          return result;
        },
    ),
  ];
  // Where no head was sent before the body, Node sends one by a symbol that stands for `respond`.
  const implicit = Object.getOwnPropertySymbols(prototype).find(
    (key) => Reflect.get(prototype, key) === prototype.respond,
  );
  if (implicit !== undefined) {
    taps.push(tap(implicit, (host) => Reflect.get(host, implicit), respondWith));
  }
  return taps;
}

const respondWith = (original: Original) =>
  function respond(this: ServerHttp2Stream, _headers: unknown, _options: unknown): unknown {
    const exchange = observing(this);
    const method = original(this, exchange);
    if (exchange === undefined) return Reflect.apply(method, this, arguments);
    const result = Reflect.apply(method, this, beforeHead(this, exchange, arguments, 0));
    exchange.isSentFromFile = false;
    headSent(exchange);
    return result;
  };

/** Sees every reader and bodies nobody reads, without starting the flow. */
function pushTo(
  stream: ServerHttp2Stream,
  original: Original,
  chunk: unknown,
  encoding: BufferEncoding | undefined,
): unknown {
  const exchange = observing(stream);
  const method = original(stream, exchange);
  if (exchange === undefined) return method.call(stream, chunk, encoding);
  pushed(stream, exchange, chunk, encoding);
  // Node reads from a stream in the context of its session: without this, listeners of `data` and `end` would find
  // no exchange, or with Node 22 that of another stream.
  return runInScope(exchange.scope, method, stream, chunk, encoding);
}

function pushed(
  stream: ServerHttp2Stream,
  exchange: StreamExchange,
  chunk: unknown,
  encoding: BufferEncoding | undefined,
): void {
  // When the stream is closed, Node ends the request however much of it has come.
  if (stream.closed || stream.destroyed) return;
  if (chunk === null) exchange.requestEnded = true;
  if (chunk === null || chunk === undefined || exchange.requestEnded) return;
  if (exchange.capturing) capture(() => exchange.captureRequest(chunk as Uint8Array, encoding));
}

/** @returns the arguments with which the head is to be sent. */
function beforeHead(
  stream: ServerHttp2Stream,
  exchange: StreamExchange,
  args: ArrayLike<unknown>,
  place: number,
): ArrayLike<unknown> {
  if (exchange.closed || stream.headersSent || isGone(stream)) return args;
  try {
    exchange.beforeHeaders();
    const url = exchange.settings.documentationUrl();
    if (url === undefined || !exchange.logged) return args;
    return withDocumentationUrlIn(args, place, `${url}/logs/${exchange.logId}`);
  } catch {
    return args; // The response goes out as if it were not observed.
  }
}

function headSent(exchange: StreamExchange): void {
  try {
    exchange.headSent();
  } catch {
    // It is read again when the stream has ended.
  }
}

function sendFile(
  stream: ServerHttp2Stream,
  original: Original,
  args: ArrayLike<unknown>,
): unknown {
  const exchange = observing(stream);
  const method = original(stream, exchange);
  if (exchange === undefined) return Reflect.apply(method, stream, args);
  const result = Reflect.apply(method, stream, beforeHead(stream, exchange, args, 1));
  exchange.isSentFromFile = true;
  return result;
}

function writeTo(stream: ServerHttp2Stream, original: Original, args: ArrayLike<unknown>): unknown {
  const exchange = observing(stream);
  const isOpen = exchange?.capturing === true && !stream.writableEnded && !isGone(stream);
  const result = Reflect.apply(original(stream, exchange), stream, args);
  if (isOpen) written(exchange, args[0], args[1]);
  return result;
}

/** What ends a stream that is open. Where the client has reset it, Node has marked it as closed before. */
function endBy(stream: ServerHttp2Stream, original: Original, args: ArrayLike<unknown>): unknown {
  const exchange = observing(stream);
  if (exchange !== undefined && !exchange.closed && !stream.closed) {
    exchange.resetBy = isSessionOver(stream) ? 'session' : 'server';
  }
  return Reflect.apply(original(stream, exchange), stream, args);
}

function written(exchange: StreamExchange, chunk: unknown, encoding: unknown): void {
  // Asked again: by the grouping function, which is called when the head is sent, it may have been decided that the
  // exchange is not logged.
  if (!exchange.capturing) return;
  if (typeof chunk === 'string') {
    const given = typeof encoding === 'string' ? (encoding as BufferEncoding) : undefined;
    capture(() => exchange.captureResponse(chunk, given));
  } else if (ArrayBuffer.isView(chunk)) {
    const { buffer, byteOffset, byteLength } = chunk;
    capture(() =>
      exchange.captureResponse(new Uint8Array(buffer, byteOffset, byteLength), undefined),
    );
  }
}

function isSessionOver({ session }: ServerHttp2Stream): boolean {
  try {
    return session === undefined || session.destroyed || session.socket.destroyed;
  } catch {
    return true; // a session that has lost its socket
  }
}

function isGone(stream: ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed;
}

function capture(copy: () => void): void {
  try {
    copy();
  } catch {
    // A chunk that cannot be copied is left out; the application must not notice.
  }
}
