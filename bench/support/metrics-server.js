'use strict';

// A metrics server that answers 202 after a while and counts, with as little work a log as possible.
// Arguments: milliseconds until the answer.

const { createServer } = require('node:http');
const { answer } = require('./child');

const delayMillis = Number(process.argv[2]);

/** Stands once in a log: where it stands in a body it is escaped. */
const LOG_ID = Buffer.from('"_id":"');
const UUID_LENGTH = 36;

const ids = new Set();
const counts = { requests: 0, logs: 0, bytes: 0, inFlight: 0, peakInFlight: 0, lastReceived: 0 };

const server = createServer((req, res) => {
  counts.inFlight++;
  counts.peakInFlight = Math.max(counts.peakInFlight, counts.inFlight);
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    count(Buffer.concat(chunks));
    setTimeout(() => {
      res.statusCode = 202;
      res.end();
    }, delayMillis);
  });
  res.once('close', () => counts.inFlight--);
});

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
  start: () =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
    }),
  counts: () => ({ ...counts, distinctLogs: ids.size }),
});
