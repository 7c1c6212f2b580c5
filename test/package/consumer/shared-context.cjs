'use strict';

// An application with an OpenTelemetry SDK of its own, 2.x or 3.x, and the packed package: what the package
// bundled of the SDK has to understand what the application's copies leave in a context.
//
//   node shared-context.cjs NodeSDK|startNodeSDK|startNodeSdk

const assert = require('node:assert/strict');
const { readdirSync } = require('node:fs');
const { dirname, join, sep } = require('node:path');
const { context, ROOT_CONTEXT, trace } = require('@opentelemetry/api');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const sdkNode = require('@opentelemetry/sdk-node');
const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');
const { startLocalMetricsServer } = require('readme-metrics-opentelemetry/local-metrics-server');

const [, , starter] = process.argv;
const index = require.resolve('readme-metrics-opentelemetry');
const bundled = require(join(dirname(index), 'opentelemetry/sdk.js'));
const cores = readdirSync(join(__dirname, 'node_modules'), { recursive: true })
  .filter((path) => path.endsWith(join('@opentelemetry', 'core')))
  .map((path) => require(join(__dirname, 'node_modules', path)));

async function main() {
  assert.ok(!__filename.includes(`${sep}node_modules${sep}`) && cores.length > 0);
  for (const core of cores) {
    assert.notEqual(core.suppressTracing, bundled.suppressTracing);
    assert.equal(core.isTracingSuppressed(bundled.suppressTracing(ROOT_CONTEXT)), true);
    const span = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2', traceFlags: 1 });
    const metadata = { type: core.RPCType.HTTP, span };
    assert.equal(bundled.getRPCMetadata(core.setRPCMetadata(ROOT_CONTEXT, metadata)), metadata);
  }

  const metrics = await startLocalMetricsServer();
  const readme = new ReadmeInstrumentation({
    apiKey: 'rdme_test',
    groupingFunction: () => ({ apiKey: 'owlbert' }),
    metricsServer: metrics.url,
  });
  const sdk = start({
    instrumentations: [new HttpInstrumentation(), readme],
    // Nothing is exported: SDK 3 would send metrics and logs to an OTLP endpoint.
    metricReaders: [],
    logRecordProcessors: [],
    spanProcessors: [
      { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} },
    ],
  });
  const http = require('node:http');
  let traceId;
  const server = http.createServer((_request, response) => {
    // As the instrumentations of Koa, Fastify and Hapi do.
    const metadata = cores[0].getRPCMetadata(context.active());
    metadata.route = '/users/:id';
    traceId = metadata.span.spanContext().traceId;
    response.end('hoot');
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${server.address().port}`;
  await (await fetch(`${origin}/users/7`, { headers: { connection: 'close' } })).text();
  await readme.forceFlush();
  const logs = metrics.logs.map((log) => log.request.log.entries[0]);
  assert.equal(logs.length, 1);
  assert.equal(logs[0].pageref, `${origin}/users/:id`);
  assert.match(traceId, /^[\da-f]{32}$/);
  assert.ok(logs[0].comment.includes(traceId), logs[0].comment);
  server.close();
  await sdk.shutdown();
  await readme.shutdown();
  await metrics.close();
}

function start(options) {
  if (starter !== 'NodeSDK') return sdkNode[starter](options);
  const sdk = new sdkNode.NodeSDK(options);
  sdk.start();
  return sdk;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
