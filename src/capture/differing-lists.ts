import { listsCover } from '../options/lists-as-text';
import type { Exchange } from './exchange';

/**
 * Drops an exchange when its observer would send what the lists of another part of this process hide. Which of
 * the two is meant, only a person can say; until then nothing leaves.
 */
export function dropIfUncovered(exchange: Exchange, others: string): void {
  const { lists, warnings } = exchange.settings;
  if (listsCover(lists, others)) return;
  exchange.drop('lists_differ');
  warnings.warnOnce(
    'README_LISTS_DIFFER',
    'two parts of this package in this process (register, ReadmeInstrumentation, readmeHttpHooks, ReadmeSpanProcessor) have different denylists or allowlists: nothing is logged. Give them the same lists, or use one of them.',
  );
}
