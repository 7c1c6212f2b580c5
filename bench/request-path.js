'use strict';

// What logging costs a request: a bare server of node:http, the same with ReadmeInstrumentation, and with
// OpenTelemetry's HttpInstrumentation, a process each. The variants take turns for some rounds, so that
// whatever else the machine does meets all of them; figures are medians, `±` is half of their range.
//
//   npm run bench:request-path -- --rounds 5 --variants bare,readme,otel,both,readme-unlogged

const { parseArgs } = require('node:util');
const { start } = require('./support/child');
const { format, median, printTable } = require('./support/print');
const { VARIANTS } = require('./support/variants');

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Seconds of each of the two runs of a variant in a round. */
    seconds: { type: 'string', default: '3' },
    /** Bytes of each body, in both directions. */
    'body-bytes': { type: 'string', default: '1024,65536' },
    /** Requests a second at which latency and CPU are measured: far from what a server can do at most. */
    rate: { type: 'string', default: '400' },
    connections: { type: 'string', default: '16' },
    variants: { type: 'string', default: 'bare,readme,otel' },
  },
});
const rounds = Number(values.rounds);
const runMillis = Number(values.seconds) * 1000;
const rate = Number(values.rate);
const variants = values.variants.split(',');
const WARM_UP_MILLIS = 1500;

/** A variant in processes of its own: a run at a fixed rate, then one as fast as it goes. */
async function measure(variant, bodyBytes) {
  const metrics = await start('metrics-server.js', 20);
  const api = await start('api-server.js', variant, metrics.started, bodyBytes);
  const load = await start('load.js', api.started, bodyBytes, values.connections);
  try {
    await load.ask('run', WARM_UP_MILLIS);
    await api.ask('flush');

    const before = (await metrics.ask('counts')).distinctLogs;
    await api.ask('begin');
    const steady = await load.ask('run', runMillis, rate);
    await api.ask('flush');
    const used = await api.ask('end');
    const logs = (await metrics.ask('counts')).distinctLogs - before;

    const fastest = await load.ask('run', runMillis);
    return {
      requestsPerSecond: fastest.requests / fastest.seconds,
      cpuMicros: used.cpuMicros / steady.requests,
      loopMicros: used.loopMicros / steady.requests,
      p50: steady.p50,
      p99: steady.p99,
      delayMax: used.delayMaxMillis,
      logged: logs / steady.requests,
    };
  } finally {
    for (const child of [load, api, metrics]) await child.stop();
  }
}

function row(variant, results) {
  const column = (name, decimals) => {
    const numbers = results.map((result) => result[name]);
    const spread = (Math.max(...numbers) - Math.min(...numbers)) / 2;
    return `${format(median(numbers), decimals)} ±${format(spread, decimals)}`;
  };
  return [
    VARIANTS[variant].label,
    column('requestsPerSecond'),
    column('cpuMicros'),
    column('loopMicros'),
    column('p50', 2),
    column('p99', 2),
    column('delayMax', 1),
    VARIANTS[variant].logs
      ? `${format(median(results.map((result) => result.logged)) * 100)} %`
      : '–',
  ];
}

async function main() {
  for (const bodyBytes of values['body-bytes'].split(',').map(Number)) {
    const results = new Map(variants.map((variant) => [variant, []]));
    for (let round = 0; round < rounds; round++) {
      // The other way round each time, so that none always follows the same one.
      const order = round % 2 === 0 ? variants : [...variants].reverse();
      for (const variant of order) results.get(variant).push(await measure(variant, bodyBytes));
    }
    console.log(
      `\nBodies of ${format(bodyBytes)} bytes both ways, ${rounds} rounds, Node ${process.version}\n`,
    );
    printTable(
      [
        'server',
        'most requests/s',
        `CPU µs/request at ${rate}/s`,
        'event loop µs/request',
        'p50 ms',
        'p99 ms',
        'loop delay max ms',
        'logged',
      ],
      variants.map((variant) => row(variant, results.get(variant))),
    );
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
