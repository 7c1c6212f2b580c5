import { withoutBodies } from '../../har/readme-log';
import type { LogBatch, ReadyLog } from './log-queue';

/**
 * What to send in place of a request that was too large: its halves, or its one log without its bodies.
 *
 * @returns nothing when the log is without its bodies already.
 */
export function smallerBatches(batch: LogBatch): LogBatch[] {
  if (batch.length > 1) {
    const middle = Math.ceil(batch.length / 2);
    return [batch.slice(0, middle), batch.slice(middle)];
  }
  const log = batch[0] as ReadyLog;
  if (log.stripped) return [];
  log.json = withoutBodies(log.json);
  log.stripped = true;
  return [batch];
}
