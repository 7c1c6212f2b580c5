import type { IncomingMessage } from 'node:http';
import { loadBuiltin } from '../bundles/load-builtin';
import { inNextTurn } from '../options/next-turn';
import { closeExchange, closeIfStranded } from './close-exchange';
import type { Exchange } from './exchange';
import { exchangeOf, linkExchange } from './exchange-of';
import { Tap } from './tap';

const { IncomingMessage: NodeRequest } = loadBuiltin<typeof import('node:http')>('node:http');
const PUSH = new Tap(NodeRequest.prototype, {
  name: 'push',
  method: push,
  read: (prototype) => prototype.push,
});
const DESTROY = new Tap(NodeRequest.prototype, {
  name: 'destroy',
  method: destroy,
  read: (prototype) => prototype.destroy,
});

/** Copies the request's body as Node's HTTP parser hands it to the stream, and sees the connection go away. */
export function tapRequest(request: IncomingMessage, exchange: Exchange): void {
  PUSH.putOn(request);
  DESTROY.putOn(request);
  linkExchange(request, exchange);
}

/**
 * `push` is the one place that sees every reader (late ones, `for await`, `pipe`, `setEncoding`) and
 * bodies nobody reads, without starting the flow, which a `data` listener would do.
 */
function push(this: IncomingMessage, chunk: unknown, encoding?: BufferEncoding): unknown {
  const exchange = exchangeOf(this);
  // Before the original: in flowing mode it emits `data`, and the application may change the chunk there.
  if (
    chunk !== null &&
    chunk !== undefined &&
    exchange?.capturing === true &&
    !exchange.requestEnded
  ) {
    try {
      exchange.captureRequest(chunk as Uint8Array, encoding);
    } catch {
      // A chunk that cannot be copied is left out; the application must not notice.
    }
  }
  if (chunk === null && exchange !== undefined) exchange.requestEnded = true;
  return PUSH.original(this, exchange).call(this, chunk, encoding);
}

/**
 * Node destroys the requests of a connection that has closed, with this error, whatever has closed it. It is the
 * end of their responses, too, of which the next to be sent emits `close` then. A listener on the socket would be
 * seen by the application: it counts, and its eleventh draws a MaxListenersExceededWarning.
 */
function destroy(this: IncomingMessage, error: unknown, _callback: unknown): unknown {
  const exchange = exchangeOf(this);
  const result = Reflect.apply(DESTROY.original(this, exchange), this, arguments);
  if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ECONNRESET') return result;
  // A pipelined response whose turn had not come emits no `close` up to Node 22, and the application, which hears
  // that its request was destroyed, may end it yet. From Node 24 on it is destroyed first.
  if (exchange?.stranded === true) inNextTurn(() => closeIfStranded(exchange));
  else if (exchange?.disconnected === true) closeExchange(exchange);
  return result;
}
