import type { IncomingMessage } from 'node:http';
import { loadBuiltin } from '../bundles/load-builtin';
import { closeExchange, closeIfStranded } from './close-exchange';
import type { Exchange } from './exchange';
import { exchangeOf, linkExchange } from './exchange-of';
import { originalMethod, Taps } from './tapped-method';

const { prototype: NODE_REQUEST } =
  loadBuiltin<typeof import('node:http')>('node:http').IncomingMessage;
const REQUEST_TAPS = new Taps({ push, destroy });

/** Copies the request's body as Node's HTTP parser hands it to the stream, and sees the connection go away. */
export function tapRequest(request: IncomingMessage, exchange: Exchange): void {
  exchange.ownMethods = REQUEST_TAPS.putOn(request, exchange.ownMethods);
  linkExchange(request, exchange);
}

/**
 * `push` is the one place that sees every reader (late ones, `for await`, `pipe`, `setEncoding`) and
 * bodies nobody reads, without starting the flow, which a `data` listener would do.
 */
function push(this: IncomingMessage, chunk: unknown, encoding?: BufferEncoding): unknown {
  const exchange = exchangeOf(this);
  // Before the original: in flowing mode it emits `data`, and the application may change the chunk there.
  // After `complete` what is pushed comes from the application, not from the client.
  if (chunk !== null && chunk !== undefined && exchange?.capturing === true && !this.complete) {
    try {
      exchange.captureRequest(chunk as Uint8Array, encoding);
    } catch {
      // A chunk that cannot be copied is left out; the application must not notice.
    }
  }
  return originalMethod(this, 'push', exchange, NODE_REQUEST).call(this, chunk, encoding);
}

/**
 * Node destroys the requests of a connection that has closed, with this error, whatever has closed it. For a
 * response that was under way it is the end; of a pipelined one that still waits for its turn Node 20 and 22 say
 * nothing else. A listener on the socket would be seen by the application: it counts, and its eleventh draws a
 * MaxListenersExceededWarning.
 */
function destroy(this: IncomingMessage, error: unknown, _callback: unknown): unknown {
  const exchange = exchangeOf(this);
  const isCutOff = (error as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET';
  // Before the application hears of it: what it writes from now on is not sent.
  if (isCutOff && exchange?.stranded === false) closeExchange(exchange);
  const result = Reflect.apply(
    originalMethod(this, 'destroy', exchange, NODE_REQUEST),
    this,
    arguments,
  );
  // Not at once: the application hears of it too, and may answer yet. Node 24 emits `close` before.
  if (isCutOff && exchange?.stranded === true) setImmediate(closeIfStranded, exchange);
  return result;
}
