import type { IncomingMessage } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { nameOf } from '../../options/name-of';
import { ByteReservation, costOfOpen } from '../../record/byte-budget';
import type { CaptureSettings } from '../capture-settings';
import { enterExchange, enterNothing } from '../current-exchange';
import type { Exchange, ExchangeObserver } from '../exchange';
import { exchangeOf, isObserved } from '../exchange-of';
import { admit, compareLists } from '../observe-exchange';
import { StreamExchange } from './stream-exchange';
import { StreamRequest } from './stream-messages';
import { tapStream } from './tap-stream';

/**
 * Starts to watch a stream that a client has opened, which must not have been answered yet. The same as
 * `observeExchange`, for HTTP/2.
 *
 * @param headers as Node gives them to the application, with the pseudo-header fields.
 */
export function observeStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  settings: CaptureSettings,
  observer: ExchangeObserver,
): Exchange | 'buffer_full' | undefined {
  // A server opens streams with even numbers, to push what nobody has asked for (RFC 9113 §5.1.1).
  if ((stream.id ?? 0) % 2 === 0) return undefined;
  const reservation = new ByteReservation(settings.maxBufferedBytes);
  try {
    const request = new StreamRequest(stream, headers);
    if (isObserved(stream)) {
      const like = request as unknown as IncomingMessage;
      compareLists(exchangeOf(stream), like, settings, namedBy(request));
      return undefined;
    }
    const client = admit(request as unknown as IncomingMessage, settings, namedBy(request));
    // Tunnels: CONNECT, also to a WebSocket (RFC 8441).
    if (client === undefined || request.method === 'CONNECT') {
      enterNothing();
      return undefined;
    }
    if (!reservation.tryReserve(costOfOpen(request.url, request.rawHeaders))) {
      enterNothing();
      return 'buffer_full';
    }
    const exchange = new StreamExchange(request, client, settings, observer, reservation);
    tapStream(stream, exchange);
    exchange.followIn(enterExchange(exchange));
    return exchange;
  } catch (error) {
    reservation.release();
    settings.warnings.diagOnce('observe', `a stream cannot be observed: ${nameOf(error)}`);
    return undefined;
  }
}

/** RFC 9113 §8.3.1: a client names host and scheme in pseudo-header fields; a Host field may stand for the former. */
function namedBy({ authority, scheme }: StreamRequest) {
  return {
    host: authority === '' ? undefined : authority,
    scheme: scheme === 'http' || scheme === 'https' ? scheme : undefined,
  } as const;
}
