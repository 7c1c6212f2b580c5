import { nameOf } from '../options/name-of';
import type { Exchange } from './exchange';

/** Closes an exchange, if there is one. It never throws: the application must not notice what goes wrong. */
export function closeExchange(exchange: Exchange | undefined): void {
  if (exchange === undefined) return;
  try {
    exchange.close();
  } catch (error) {
    exchange.settings.warnings.diagOnce(
      'close',
      `an exchange could not be closed: ${nameOf(error)}`,
    );
  }
}

/**
 * The same when the response has been sent. Node may run the ticks of that between the last bytes of the request's
 * body and its end, though both have come in one packet: then the end is waited for.
 */
export function closeAfterResponse(exchange: Exchange | undefined): void {
  if (exchange?.isInBody === true) setImmediate(closeExchange, exchange);
  else closeExchange(exchange);
}

/** The same if nothing else closes it any more. */
export function closeIfStranded(exchange: Exchange | undefined): void {
  if (exchange?.stranded === true) closeExchange(exchange);
}
