'use strict';

const { bold, dim } = require('../demo/print-log');
const { runExample } = require('../support/run-example');
const { startCollector } = require('./collector');

async function main() {
  const collector = await startCollector();
  await runExample({
    folder: __dirname,
    command: ['app.js'],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', // so that our collector can read it
      OTEL_SERVICE_NAME: 'owl-post',
    },
    requests: [
      {
        method: 'POST',
        path: '/letters',
        json: { to: 'Harry', payment: { card: '4929123456781234' } },
        status: 201,
      },
      { path: '/letters/1', headers: { authorization: 'Bearer owl_live_7f3d9a5c' }, status: 200 },
    ],
  });
  collector.close();

  console.log(bold(`The collector got ${collector.spans.length} spans, without bodies:\n`));
  for (const { name, traceId, attributes } of collector.spans) {
    console.log(`  ${bold(name)}  trace ${traceId}`);
    for (const { key, value } of attributes) {
      console.log(dim(`    ${key} = ${Object.values(value)[0]}`));
    }
  }
}

main();
