import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  Http2ServerRequest,
  Http2ServerResponse,
  IncomingHttpHeaders,
  ServerHttp2Stream,
} from 'node:http2';
import type { CaptureSettings } from './capture-settings';
import type { Exchange, ExchangeObserver } from './exchange';
import { observeStream } from './http2/observe-stream';
import { observeExchange } from './observe-exchange';

/**
 * What Node 20 to 26 publish on `http.server.request.start`, before any `request` listener runs; for a stream, what
 * they publish on `http2.server.stream.start`, before any `stream` listener runs.
 */
export type StartMessage =
  | { readonly request: IncomingMessage; readonly response: ServerResponse }
  | { readonly stream: ServerHttp2Stream; readonly headers: IncomingHttpHeaders };

/** The message that Node would have published for a request and its response. */
export function startMessage(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): StartMessage {
  return 'stream' in request && typeof request.stream?.respond === 'function'
    ? { stream: request.stream, headers: request.headers }
    : { request: request as IncomingMessage, response: response as ServerResponse };
}

/** What is the same in all messages about one request. */
export function subjectOf(message: StartMessage): object {
  return 'stream' in message ? message.stream : message.request;
}

export function headersOf(message: StartMessage): IncomingHttpHeaders {
  return 'stream' in message ? message.headers : message.request.headers;
}

/** See `observeExchange`. */
export function observeStart(
  message: StartMessage,
  settings: CaptureSettings,
  observer: ExchangeObserver,
): Exchange | 'buffer_full' | undefined {
  return 'stream' in message
    ? observeStream(message.stream, message.headers, settings, observer)
    : observeExchange(message.request, message.response, settings, observer);
}
