'use strict';

const { once } = require('node:events');
const { createServer } = require('node:http');
const { json } = require('node:stream/consumers');

/** Stands in for an OpenTelemetry collector: takes OTLP as JSON, and keeps the spans. */
async function startCollector() {
  const spans = [];
  const server = createServer(async (request, response) => {
    const body = await json(request);
    if (request.url === '/v1/traces') spans.push(...spansOf(body));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, spans, close: () => server.close() };
}

function spansOf(body) {
  return body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

module.exports = { startCollector };
