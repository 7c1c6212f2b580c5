import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';

type Messages = { readonly request: IncomingMessage; readonly response: ServerResponse };

/** Where Node keeps them on a stream. */
let requestKey: symbol | undefined;
let responseKey: symbol | undefined;

/**
 * Request and response of Node's compatibility API (`Http2ServerRequest`, `Http2ServerResponse`, or classes of the
 * application's own); undefined where the application has only the stream. They know their stream, but the stream
 * gives them away under symbols only, which Node 20 to 26 describe as `request` and `response`.
 */
export function compatMessages(stream: ServerHttp2Stream): Messages | undefined {
  try {
    requestKey ??= keyOf(stream, 'request');
    responseKey ??= keyOf(stream, 'response');
    if (requestKey === undefined || responseKey === undefined) return undefined;
    const request: unknown = Reflect.get(stream, requestKey);
    const response: unknown = Reflect.get(stream, responseKey);
    if (!isOf(stream, request) || !isOf(stream, response)) return undefined;
    return { request, response } as unknown as Messages;
  } catch {
    return undefined; // classes of the application's own may have getters that throw
  }
}

function keyOf(stream: ServerHttp2Stream, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(stream).find(
    (key) => key.description === description && isOf(stream, Reflect.get(stream, key)),
  );
}

function isOf(stream: ServerHttp2Stream, message: unknown): message is object {
  return (
    typeof message === 'object' &&
    message !== null &&
    (message as { stream?: unknown }).stream === stream
  );
}
