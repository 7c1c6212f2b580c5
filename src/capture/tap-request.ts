import type { IncomingMessage } from 'node:http';
import type { Exchange } from './exchange';
import { originalMethod, replaceMethod } from './replace-method';

/**
 * Copies the request's body as Node's HTTP parser hands it to the stream.
 *
 * `push` is the one place that sees every reader (late ones, `for await`, `pipe`, `setEncoding`) and
 * bodies nobody reads, without starting the flow, which a `data` listener would do.
 */
export function tapRequest(request: IncomingMessage, exchange: Exchange): void {
  const push = originalMethod(request, 'push');
  replaceMethod(
    request,
    'push',
    function (this: IncomingMessage, chunk: unknown, encoding?: BufferEncoding) {
      // Before the original: in flowing mode it emits `data`, and the application may change the chunk there.
      // After `complete` what is pushed comes from the application, not from the client.
      if (chunk !== null && chunk !== undefined && exchange.logged && !this.complete) {
        try {
          exchange.requestBody.add(chunk as Uint8Array, encoding);
        } catch {
          // A chunk that cannot be copied is left out; the application must not notice.
        }
      }
      return push(this).call(this, chunk, encoding);
    },
  );
}
