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

/** The same if nothing else closes it any more. */
export function closeIfStranded(exchange: Exchange | undefined): void {
  if (exchange?.stranded === true) closeExchange(exchange);
}
