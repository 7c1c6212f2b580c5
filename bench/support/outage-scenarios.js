'use strict';

const MAX_BUFFERED_BYTES = 64 * 1024 ** 2;

/**
 * What fills `maxBufferedBytes` several times over, each in another way.
 *
 * - `request`: of REQUESTS, or bytes of a JSON body; `requests` of them, as fast as it goes.
 * - `open`: so many exchanges are open at once, and then all answered.
 */
const SCENARIOS = {
  gzip: { label: '1 KB of gzip, 1 MiB unpacked', request: 'gzip', requests: 60_000 },
  headers: { label: '13 KB of 1,900 header fields', request: 'headers', requests: 10_000 },
  json: { label: '64 KB of JSON both ways', request: 65_536, requests: 2_500 },
  open: { label: '100,000 open exchanges', open: 100_000 },
};

module.exports = { MAX_BUFFERED_BYTES, SCENARIOS };
