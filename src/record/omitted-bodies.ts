import { LAYOUT, LOSSES } from './record';

const { requestLoss, responseLoss } = LAYOUT.uint8;
const BUFFER_FULL = LOSSES.indexOf('buffer_full');

/** How many of the two bodies a record is without because `maxBufferedBytes` was used up. */
export function omittedBodies(record: Uint8Array): number {
  return Number(record[requestLoss] === BUFFER_FULL) + Number(record[responseLoss] === BUFFER_FULL);
}
