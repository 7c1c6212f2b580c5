'use strict';

// Shows the package at work, without a ReadMe account and without a network: `npm run demo`.
// Prints the logs, and shows them in the browser until Ctrl-C; `npm run demo -- --once` ends by itself.
// The exit code is 1 when something is not as it should be.

const { once } = require('node:events');
const { parseArgs } = require('node:util');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');
const { startLocalMetricsServer } = require('readme-metrics-opentelemetry/local-metrics-server');
const { bold, dim, green, printLog, red } = require('./print-log');

const { values: settings } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
/** The port of the viewer, as long as nobody else has it. */
const VIEWER_PORT = 4319;

async function main() {
  const metrics = await startViewer();
  const metricsPort = Number(new URL(metrics.url).port);

  const readme = new ReadmeInstrumentation({
    apiKey: 'any-key-will-do-here',
    metricsServer: metrics.url,
    denylist: ['password', 'card', '**.cvc', /^x-card-/],
    maxBodyBytes: 2048,
    bufferLength: 1, // send each log as soon as there is one
  });
  // The exporter that the application has anyway, to see what it gets to see.
  const spans = [];
  const neighbour = {
    export(finished, done) {
      spans.push(...finished);
      done({ code: 0 });
    },
    shutdown: async () => {},
  };
  const sdk = new NodeSDK({
    serviceName: 'owl-post',
    instrumentations: [
      // The metrics server of this demo runs in the same process; it shall not be traced.
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ socket }) => socket.localPort === metricsPort,
      }),
      readme,
    ],
    traceExporter: neighbour,
    // So that NodeSDK does not look for an OTLP collector.
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();

  // Not before: HttpInstrumentation patches http when it is loaded.
  const { createApi } = require('./api');
  const { SECRETS, TRAFFIC, send } = require('./traffic');
  const server = createApi().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const origin = `http://127.0.0.1:${port}`;
  console.log(`${bold('The logs are shown at')} ${metrics.url}`);
  console.log(dim(`The API is at ${origin}\n`));

  let answered = 0;
  for (const [index, request] of TRAFFIC.entries()) {
    console.log(bold(`${index + 1}. ${request.title}`));
    if ((await send(origin, request)) === request.status) answered += 1;
    await metrics.waitForLogs(index + 1, 60_000); // printLog has printed it by then
  }

  server.close();
  await Promise.all([sdk.shutdown(), readme.shutdown()]);
  const stats = readme.stats();

  console.log(bold('The other exporter of this process'));
  console.log(`  got ${spans.length} spans. The attributes of the second:`);
  for (const [name, value] of Object.entries(spans[1]?.attributes ?? {})) {
    console.log(dim(`    ${name} = ${value}`));
  }
  console.log(bold('\nDelivery'));
  console.log(`  ${JSON.stringify(stats)}\n`);

  const sent = JSON.stringify(metrics.logs);
  const entries = metrics.logs.map((log) => log.request.log.entries[0]);
  const remarks = entries.map(({ comment }) => comment ?? '');
  const extra = spans.flatMap(({ attributes }) => Object.keys(attributes).filter(isOurs));
  const asExpected = check([
    ['the API answered as if nobody was looking', answered === TRAFFIC.length],
    ['every exchange was logged once', metrics.logs.length === TRAFFIC.length],
    [
      'all logs were delivered, none dropped',
      stats.delivered === TRAFFIC.length && Object.keys(stats.dropped).length === 0,
    ],
    ['no log holds a secret', SECRETS.every((secret) => !sent.includes(secret))],
    ['what was denied is marked as redacted', sent.includes('[REDACTED 16]')],
    [
      'the callers are Hedwig and Anonymous',
      ['Hedwig', 'Anonymous'].every((name) =>
        metrics.logs.some(({ group }) => group.label === name),
      ),
    ],
    ['the aborted exchange says so', remarks.at(-1)?.startsWith('aborted') === true],
    [
      'the long body is marked as truncated',
      entries.some(({ response }) => response.content.comment?.startsWith('truncated')),
    ],
    ['the other exporter got one span an exchange', spans.length === TRAFFIC.length],
    [
      'of this package, those spans have readme.log.id only',
      extra.length === spans.length && extra.every((name) => name === 'readme.log.id'),
    ],
    [
      'each log has the trace id of the span with its id',
      spans.every((span) => {
        const index = metrics.logs.findIndex(({ _id }) => _id === span.attributes['readme.log.id']);
        return remarks[index]?.includes(span.spanContext().traceId) === true;
      }),
    ],
  ]);
  if (!settings.once) {
    console.log(`\n${bold('Look at them at')} ${metrics.url}, Ctrl-C ends the demo`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  }
  await metrics.close();
  return asExpected;
}

/** Stands in for https://metrics.readme.io. */
async function startViewer() {
  const options = { viewer: true, onLog: printLog };
  if (settings.once) return await startLocalMetricsServer(options);
  try {
    return await startLocalMetricsServer({ ...options, port: VIEWER_PORT });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    console.log(dim(`Port ${VIEWER_PORT} is taken, so the demo uses another`));
    return await startLocalMetricsServer(options);
  }
}

function isOurs(attribute) {
  return attribute.startsWith('readme.') || /\.body\.|\.header\./.test(attribute);
}

/** Prints what was expected and whether it came true. */
function check(expectations) {
  for (const [what, came] of expectations) {
    console.log(`  ${came ? green('ok') : red('FAILED')}  ${what}`);
  }
  return expectations.every(([, came]) => came);
}

main().then(
  (asExpected) => {
    process.exitCode = asExpected ? 0 : 1;
  },
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
