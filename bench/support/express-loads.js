'use strict';

const KB = 1024;

/**
 * The loads that every variant gets.
 *
 * - `bodyBytes`: JSON of that size, in both directions.
 * - `rate`: requests a second that the slowest variant can do with ease; absent: no run at a fixed rate.
 * - `saturated`: whether there is a run as fast as it goes.
 * - `oneCpu`: the API has one CPU for itself, clients and metrics server share another.
 */
const LOADS = {
  '1kb': { label: '1 KB', bodyBytes: KB, rate: 1500, saturated: true },
  '61kb': { label: '61 KB', bodyBytes: 61 * KB, rate: 120, saturated: true },
  '1mb': { label: '1 MB', bodyBytes: 1_000_000, rate: 8 },
  '1kb-1cpu': { label: '1 KB, one CPU', bodyBytes: KB, saturated: true, oneCpu: true },
  '61kb-1cpu': { label: '61 KB, one CPU', bodyBytes: 61 * KB, saturated: true, oneCpu: true },
};

/** At a fixed rate twice, because to watch the delay of the event loop costs CPU. */
function phasesOf({ rate, saturated }) {
  const fixed = rate === undefined ? [] : [{ name: 'fixed', rate }];
  const watched = rate === undefined ? [] : [{ name: 'watched', rate, watchDelay: true }];
  return [...fixed, ...watched, ...(saturated ? [{ name: 'saturated' }] : [])];
}

module.exports = { LOADS, phasesOf };
