'use strict';

// A metrics server that answers 202 after a while and counts, with as little work a log as possible. It can
// be made to fail for a while. Arguments: milliseconds until the answer; bytes of the JSON bodies that
// clients send and get, where the logs are to be checked.

const { once } = require('node:events');
const { createServer } = require('node:http');
const { answer } = require('./child');
const { inspect, parsedWhole } = require('./log-check');

const [delayMillis, bodyBytes] = process.argv.slice(2).map(Number);

const ids = new Set();
const wholeIds = new Set();
const counts = {
  requests: 0,
  logs: 0,
  denied: 0,
  bytes: 0,
  inFlight: 0,
  peakInFlight: 0,
  lastReceived: 0,
  failed: 0,
};
/** The last request, for `verify`. */
let sample;

/** `refuse`: nothing listens; `503`: every request is answered so; `hang`: none is answered at all. */
let outage;
let port = 0;

const server = createServer((req, res) => {
  counts.inFlight++;
  counts.peakInFlight = Math.max(counts.peakInFlight, counts.inFlight);
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    if (outage !== undefined) {
      fail(res);
      return;
    }
    count(Buffer.concat(chunks));
    setTimeout(() => {
      res.statusCode = 202;
      res.end();
    }, delayMillis);
  });
  res.once('close', () => counts.inFlight--);
});

function fail(res) {
  counts.failed++;
  if (outage === 'hang') return;
  res.statusCode = 503;
  res.end();
}

/**
 * Below the ports that systems give to clients: while nothing listens on one of those, a client may be
 * given it, and be connected to itself.
 */
const PORTS = { first: 20_000, count: 10_000 };

async function listenSomewhere() {
  for (;;) {
    port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    try {
      await listen();
      return;
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
}

const listen = () => once(server.listen(port, '127.0.0.1'), 'listening');

function count(body) {
  counts.lastReceived = Date.now();
  counts.requests++;
  counts.bytes += body.length;
  const { logs, whole, denied } = inspect(body, (id, isWhole) => {
    ids.add(id);
    if (isWhole) wholeIds.add(id);
  });
  counts.logs += logs;
  counts.denied += denied;
  if (logs > 0) sample = { body, whole };
}

answer({
  async start() {
    await listenSomewhere();
    return `http://127.0.0.1:${port}`;
  },
  counts: () => ({ ...counts, distinctLogs: ids.size, wholeLogs: wholeIds.size }),

  /** Parses the last request; throws where the cheap check of its logs was wrong, or a denied value came. */
  verify() {
    if (counts.denied > 0) throw new Error(`${counts.denied} denied values were received`);
    if (sample === undefined) return;
    const whole = parsedWhole(sample.body, bodyBytes);
    if (whole === sample.whole) return;
    throw new Error(`${sample.whole} logs seemed whole, ${whole} are`);
  },

  fail(how) {
    outage = how;
    if (how !== 'refuse') return;
    server.close();
    server.closeAllConnections();
  },

  async recover() {
    const refused = outage === 'refuse';
    outage = undefined;
    if (refused) await listen();
    // What hangs would hang on.
    else server.closeAllConnections();
  },
});
