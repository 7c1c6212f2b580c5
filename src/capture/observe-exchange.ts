import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { nameOf } from '../options/name-of';
import { ByteReservation, costOfOpen } from '../record/byte-budget';
import type { CaptureSettings } from './capture-settings';
import { type Client, describeClient, type Named } from './client-address';
import { enterExchange, enterNothing } from './current-exchange';
import { dropIfUncovered } from './differing-lists';
import { Exchange, type ExchangeObserver } from './exchange';
import { exchangeOf, isObserved } from './exchange-of';
import { isLocalMetricsServer } from './local-servers';
import { tapRequest } from './tap-request';
import { tapResponse } from './tap-response';

/**
 * Starts to watch a request and its response, which must not have been handled yet.
 *
 * @param observer hears of the steps of the exchange.
 * @returns the exchange; `undefined` when it is not to be logged (OPTIONS, a host that is not allowed, logs for ReadMe) or is
 * watched already; the drop reason when there is no room for it. It never throws.
 */
export function observeExchange(
  request: IncomingMessage,
  response: ServerResponse,
  settings: CaptureSettings,
  observer: ExchangeObserver,
): Exchange | 'buffer_full' | undefined {
  const reservation = new ByteReservation(settings.maxBufferedBytes);
  try {
    if (isObserved(request)) {
      compareLists(exchangeOf(request), request, settings);
      return undefined;
    }
    const client = admit(request, settings);
    if (client === undefined) {
      enterNothing();
      return undefined;
    }
    if (!reservation.tryReserve(costOfOpen(request.url ?? '', request.rawHeaders ?? []))) {
      enterNothing();
      return 'buffer_full';
    }
    const exchange = new Exchange(request, response, client, settings, observer, reservation);
    tapRequest(request, exchange);
    tapResponse(response, exchange);
    captureGivenBody(request, exchange);
    exchange.followIn(enterExchange(exchange));
    return exchange;
  } catch (error) {
    reservation.release();
    settings.warnings.diagOnce('observe', `an exchange cannot be observed: ${nameOf(error)}`);
    return undefined;
  }
}

/** Lambda adapters have the whole body before there is a request, and frameworks that find it there read no stream. */
function captureGivenBody(request: IncomingMessage, exchange: Exchange): void {
  const { body } = request as IncomingMessage & { readonly body?: unknown };
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return;
  exchange.captureRequest(body, undefined);
  exchange.requestEnded = true;
}

/** The first observer logs the exchange, so its lists have to hide what those of the others do. */
export function compareLists(
  exchange: Exchange | undefined,
  request: IncomingMessage,
  settings: CaptureSettings,
  named?: Partial<Named>,
): void {
  // What another one does not want to log at all, its lists say nothing about.
  if (exchange === undefined || admit(request, settings, named) === undefined) return;
  dropIfUncovered(exchange, settings.lists);
}

/**
 * Decides at the door, before anything is touched.
 *
 * @param named host and scheme, where a client names them elsewhere than in header fields.
 */
export function admit(
  request: IncomingMessage,
  { allowedHosts, isLogDelivery, trust }: CaptureSettings,
  named?: Partial<Named>,
): Client | undefined {
  if (request.method === 'OPTIONS' || toLocalMetricsServer(request)) return undefined;
  if (isLogDelivery(request, named?.host)) return undefined;
  const client = describeClient(request, trust, named);
  if (allowedHosts === undefined) return client;
  const host = client.host.toLowerCase();
  const name = host.replace(/:\d+$/, '');
  return allowedHosts.has(host) || allowedHosts.has(name) ? client : undefined;
}

/** A local metrics server in this process would make a log of every request that brings it logs. */
function toLocalMetricsServer({ socket }: IncomingMessage): boolean {
  return isLocalMetricsServer((socket as (Socket & { readonly server?: unknown }) | null)?.server);
}
