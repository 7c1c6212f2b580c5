'use strict';

// A metrics server that answers 202 after a while and counts, with as little work a log as possible. It can
// be made to fail for a while. Arguments: milliseconds until the answer.

const { once } = require('node:events');
const { createServer } = require('node:http');
const { answer } = require('./child');

const delayMillis = Number(process.argv[2]);

/** Stands once in a log: where it stands in a body it is escaped. */
const LOG_ID = Buffer.from('"_id":"');
const UUID_LENGTH = 36;

const ids = new Set();
const counts = {
  requests: 0,
  logs: 0,
  bytes: 0,
  inFlight: 0,
  peakInFlight: 0,
  lastReceived: 0,
  failed: 0,
};

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
  for (let at = body.indexOf(LOG_ID); at >= 0; at = body.indexOf(LOG_ID, at + UUID_LENGTH)) {
    at += LOG_ID.length;
    counts.logs++;
    ids.add(body.latin1Slice(at, at + UUID_LENGTH));
  }
}

answer({
  async start() {
    await listenSomewhere();
    return `http://127.0.0.1:${port}`;
  },
  counts: () => ({ ...counts, distinctLogs: ids.size }),

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
