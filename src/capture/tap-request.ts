import type { IncomingMessage } from 'node:http';
import { loadBuiltin } from '../bundles/load-builtin';
import { closeIfStranded } from './close-exchange';
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
 * Node destroys the requests of a connection that has closed, with this error. Of a pipelined response that
 * still waits for its turn Node 20 and 22 say nothing else, and a listener on the socket would be seen by the
 * application: it counts, and its eleventh draws a MaxListenersExceededWarning.
 */
function destroy(this: IncomingMessage, error: unknown, _callback: unknown): unknown {
  const exchange = exchangeOf(this);
  const result = Reflect.apply(
    originalMethod(this, 'destroy', exchange, NODE_REQUEST),
    this,
    arguments,
  );
  if (exchange?.stranded === true && (error as NodeJS.ErrnoException)?.code === 'ECONNRESET') {
    // Not at once: the application hears of it too, and may answer yet. Node 24 emits `close` before.
    setImmediate(closeIfStranded, exchange);
  }
  return result;
}
