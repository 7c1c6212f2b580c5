'use strict';

// A small API that logs to ReadMe, beside NodeSDK where its first argument says so. It prints where it
// listens, ends when its standard input does, and prints how many sockets its main thread has opened.

const { subscribe } = require('node:diagnostics_channel');

let clientSockets = 0;
// Channels are a thread's own: what the worker thread opens is not seen here.
subscribe('net.client.socket', () => {
  clientSockets += 1;
});

const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');

const readme = new ReadmeInstrumentation({ denylist: ['card'] });
const sdk = process.argv[2] === 'sdk' ? startSdk() : undefined;

const { createServer } = require('node:http'); // after HttpInstrumentation

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end('{"id":1,"card":"4929123456781234"}');
  });
});
server.listen(0, '127.0.0.1', () => print({ port: server.address().port }));

process.stdin.resume().on('end', () => {
  server.close(async () => {
    await Promise.all([sdk?.shutdown(), readme.shutdown()]);
    print({ clientSockets });
  });
});

function startSdk() {
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
  const { NodeSDK } = require('@opentelemetry/sdk-node');
  const nodeSdk = new NodeSDK({
    // An exporter that is of no SDK, so that it is the same for all.
    traceExporter: { export: (_spans, done) => done({ code: 0 }), shutdown: async () => {} },
    instrumentations: [new HttpInstrumentation(), readme],
  });
  nodeSdk.start();
  return nodeSdk;
}

function print(report) {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
