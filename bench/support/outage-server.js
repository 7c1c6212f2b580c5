'use strict';

// The API whose memory is measured while its logs cannot be delivered. Argument: settings in JSON, with
// `from`, what the package is required as; without `from` it is a bare server.

const { answer } = require('./child');
const { bufferUsage } = require('./buffer-usage');

const { from, ...options } = JSON.parse(process.argv[2]);

const workers = { started: 0, ended: 0 };
process.on('worker', (worker) => {
  workers.started++;
  worker.once('exit', () => workers.ended++);
});

const usage = bufferUsage();
const readme = from === undefined ? undefined : instrument();
const { createServer } = require('node:http');

function instrument() {
  const { ReadmeInstrumentation } = require(from);
  return new ReadmeInstrumentation({ apiKey: 'bench', ...options });
}

/** Responses that are not to be sent yet. */
const held = [];

const server = createServer((req, res) => {
  if (req.url === '/hold') {
    held.push(res);
    return;
  }
  const isJson = req.headers['content-type'] === 'application/json';
  const chunks = [];
  req.on('data', (chunk) => {
    if (isJson) chunks.push(chunk);
  });
  req.on('end', () => {
    const body = isJson ? Buffer.concat(chunks) : 'ok';
    res.setHeader('Content-Type', isJson ? 'application/json' : 'text/plain');
    res.setHeader('Content-Length', body.length);
    res.end(body);
  });
});
server.keepAliveTimeout = 0;
// Since Node 22.23 and 24 a request with more than 1,000 fields is answered with 431, unless this is set.
server.maxHeadersCount = 2000;

answer({
  start: () =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(server.address().port));
    }),
  state: () => ({ held: held.length, counted: usage(), workers, stats: readme?.stats() }),
  release() {
    for (const res of held.splice(0)) res.end();
  },
  flush: () => readme?.forceFlush(),
});
