'use strict';

// A server that streams, and tells what memory it needs. Arguments: variant, URL of the metrics server.

const { once } = require('node:events');
const { answer } = require('./child');
const { settledMemory } = require('./settled');
const { VARIANTS } = require('./variants');

const [variant, metricsServer] = process.argv.slice(2);
const readme = VARIANTS[variant].instrument({ metricsServer });
const { createServer } = require('node:http');

const SAMPLE_MILLIS = 2;
const chunk = Buffer.alloc(64 * 1024, 'd');

const server = createServer(async (req, res) => {
  const [path, size] = req.url.split('?');
  if (path === '/stream') {
    for (let left = Number(size); left > 0; left -= chunk.length) {
      if (!res.write(chunk.subarray(0, Math.min(left, chunk.length)))) await once(res, 'drain');
    }
    res.end();
    return;
  }
  let bytes = 0;
  for await (const part of req) bytes += part.length;
  res.end(String(bytes));
});
server.keepAliveTimeout = 0;

let peak = 0;
let sampling;
const sample = () => {
  peak = Math.max(peak, process.memoryUsage.rss());
};

/** What is in use when nothing is under way. */
async function settled() {
  await readme?.forceFlush();
  const { handles, ...memory } = await settledMemory();
  return { ...memory, handles: handles.length };
}

/**
 * V8 doubles its young generation when much of it survives, from 1 to 32 MB, and lets as much garbage of
 * sockets pile up as that is large. In a server that has been busy, it has; here, it would grow by chance.
 */
function growYoungGeneration() {
  let kept = [];
  for (let count = 0; count < 3e6; count++) {
    kept.push({ count, list: [count] });
    if (kept.length > 150_000) kept = kept.slice(75_000);
  }
}

answer({
  start: () =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(server.address().port));
    }),

  async begin() {
    growYoungGeneration();
    const before = await settled();
    peak = before.rss;
    sampling = setInterval(sample, SAMPLE_MILLIS);
    return before;
  },

  /** Also what building and sending the log needs counts. */
  async end() {
    await readme?.forceFlush();
    sample();
    clearInterval(sampling);
    return { ...(await settled()), peak };
  },
});
