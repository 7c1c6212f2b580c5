import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { nameOf } from '../options/name-of';
import type { CaptureSettings } from './capture-settings';
import { type Client, describeClient } from './client-address';
import { enterExchange, enterNothing, isObserved } from './current-exchange';
import { Exchange } from './exchange';
import { isLocalMetricsServer } from './local-servers';
import { tapRequest } from './tap-request';
import { sentHead, tapResponse } from './tap-response';

/** How to close the open exchanges of a connection. */
const openExchanges = new WeakMap<Socket, Set<() => void>>();

/**
 * Starts to watch a request and its response, which must not have been handled yet.
 *
 * @returns the exchange, or `undefined` when it is not to be logged (OPTIONS, a host that is not allowed)
 * or is watched already. It never throws.
 */
export function observeExchange(
  request: IncomingMessage,
  response: ServerResponse,
  settings: CaptureSettings,
): Exchange | undefined {
  try {
    if (isObserved(request)) return undefined;
    const client = admit(request, settings);
    if (client === undefined) {
      enterNothing();
      return undefined;
    }
    // Kept, for a request that is destroyed has none any more.
    const { socket } = request;
    const exchange = new Exchange(request, response, client, settings);
    const close = closeOnce(exchange, settings);
    exchange.closeNow = close;
    tapRequest(request, exchange);
    tapResponse(response, exchange, settings.documentationUrl, () => {
      // A pipelined response that never got its connection is closed by nothing else.
      if (socket.destroyed && response.socket === null) close();
    });
    response.once('close', close);
    enterExchange(exchange);
    return exchange;
  } catch (error) {
    settings.warnings.diagOnce('observe', `an exchange cannot be observed: ${nameOf(error)}`);
    return undefined;
  }
}

/** Decides at the door, before anything is touched. */
function admit(
  request: IncomingMessage,
  { allowedHosts, trust }: CaptureSettings,
): Client | undefined {
  if (request.method === 'OPTIONS' || toLocalMetricsServer(request)) return undefined;
  const client = describeClient(request, trust);
  if (allowedHosts === undefined) return client;
  const host = client.host.toLowerCase();
  const name = host.replace(/:\d+$/, '');
  return allowedHosts.has(host) || allowedHosts.has(name) ? client : undefined;
}

/** A local metrics server in this process would make a log of every request that brings it logs. */
function toLocalMetricsServer({ socket }: IncomingMessage): boolean {
  return isLocalMetricsServer((socket as Socket & { readonly server?: unknown }).server);
}

/**
 * Closes an exchange when the first of these happens: its response closes, or its connection does.
 *
 * Node emits no `close` on a pipelined response that still waits for its turn when the connection goes
 * away. One listener a connection, not one an exchange: ten would draw a MaxListenersExceededWarning.
 */
function closeOnce(exchange: Exchange, { warnings }: CaptureSettings): () => void {
  const { request, response } = exchange;
  const { socket } = request;
  let open = openExchanges.get(socket);
  if (open === undefined) {
    open = new Set();
    openExchanges.set(socket, open);
    const all = open;
    // Responses that have the connection get their own `close` first.
    socket.once('close', () =>
      setImmediate(() => {
        for (const close of [...all]) close();
      }),
    );
  }
  const others = open;
  const close = () => {
    if (!others.delete(close)) return;
    try {
      exchange.close(!response.writableFinished, sentHead(response));
    } catch (error) {
      warnings.diagOnce('close', `an exchange could not be closed: ${nameOf(error)}`);
    }
  };
  others.add(close);
  return close;
}
