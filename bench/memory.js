'use strict';

// What logging costs in memory: a 100 MB response and a 50 MB upload, streamed, against the same server
// without the package, and 10,000 keep-alive requests, of which nothing may stay. Every figure is of a
// process of its own. Exits with 1 when a goal is missed.
//
//   npm run bench:memory -- --rounds 3

const { once } = require('node:events');
const { Agent, request } = require('node:http');
const { Readable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { parseArgs } = require('node:util');
const { start } = require('./support/child');
const { format, median, printTable } = require('./support/print');

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    requests: { type: 'string', default: '10000' },
  },
});
const MB = 1e6;
const DOWNLOAD = 100 * MB;
const UPLOAD = 50 * MB;
const WARM_UP_REQUESTS = 2000;

/** Megabytes of RSS that a stream may need more than without the package. */
const STREAM_GOAL = 10;
/** Megabytes of heap that may be left of all the requests: what V8 compiles and caches late. */
const HEAP_GOAL = 1;

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

async function call(port, method, path, body) {
  const outgoing = request({ port, host: '127.0.0.1', method, path, agent });
  const answered = once(outgoing, 'response');
  if (body === undefined) outgoing.end();
  else await pipeline(body, outgoing);
  const [response] = await answered;
  let bytes = 0;
  for await (const chunk of response) bytes += chunk.length;
  return bytes;
}

async function callOften(port, times) {
  const one = async () => {
    while (times-- > 0) await call(port, 'GET', '/small');
  };
  await Promise.all(Array.from({ length: 8 }, one));
}

function upload() {
  const chunk = Buffer.alloc(64 * 1024, 'u');
  let left = UPLOAD;
  return new Readable({
    read() {
      const size = Math.min(left, chunk.length);
      left -= size;
      this.push(size === 0 ? null : chunk.subarray(0, size));
    },
  });
}

const STREAMS = {
  'response of 100 MB': (port) => call(port, 'GET', `/stream?${DOWNLOAD}`),
  'upload of 50 MB': (port) => call(port, 'POST', '/upload', upload()),
};

/** A server in its own process, warm, with what it needs before the measurement. */
async function withServer(variant, measure) {
  const metrics = await start('metrics-server.js', 20);
  const api = await start('memory-server.js', variant, metrics.started);
  try {
    await callOften(api.started, WARM_UP_REQUESTS);
    return await measure(api, metrics);
  } finally {
    agent.destroy();
    for (const child of [api, metrics]) await child.stop();
  }
}

const stream = (variant, send) =>
  withServer(variant, async (api, metrics) => {
    const before = await api.ask('begin');
    const logsBefore = (await metrics.ask('counts')).distinctLogs;
    await send(api.started);
    const { peak } = await api.ask('end');
    const logged = (await metrics.ask('counts')).distinctLogs - logsBefore;
    return { base: before.rss / MB, peak: peak / MB, growth: (peak - before.rss) / MB, logged };
  });

const keepAlive = (variant) =>
  withServer(variant, async (api) => {
    const before = await api.ask('begin');
    await callOften(api.started, Number(values.requests));
    const after = await api.ask('end');
    return {
      heap: (after.heap - before.heap) / MB,
      external: (after.external - before.external) / MB,
      handles: after.handles - before.handles,
    };
  });

async function rounds(measure) {
  const results = { bare: [], readme: [] };
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const variant of ['bare', 'readme']) results[variant].push(await measure(variant));
  }
  const of = (variant, name) => median(results[variant].map((result) => result[name]));
  return of;
}

async function main() {
  const missed = [];
  const streams = [];
  for (const [name, send] of Object.entries(STREAMS)) {
    const of = await rounds((variant) => stream(variant, send));
    const more = of('readme', 'growth') - of('bare', 'growth');
    if (more > STREAM_GOAL) missed.push(`${name}: ${format(more, 1)} MB more`);
    if (of('readme', 'logged') !== 1) missed.push(`${name}: not logged`);
    for (const variant of ['bare', 'readme']) {
      const figures = ['base', 'peak', 'growth'].map((figure) => format(of(variant, figure), 1));
      streams.push([`${name}, ${variant}`, ...figures, variant === 'bare' ? '' : format(more, 1)]);
    }
  }
  console.log(`Medians of ${values.rounds} rounds, in MB, Node ${process.version}\n`);
  printTable(['stream', 'RSS before', 'peak RSS', 'growth', 'more than bare'], streams);

  const of = await rounds(keepAlive);
  if (of('readme', 'heap') > HEAP_GOAL) missed.push('keep-alive: the heap grows');
  if (of('readme', 'external') > HEAP_GOAL) missed.push('keep-alive: external memory grows');
  if (of('readme', 'handles') > 0) missed.push('keep-alive: handles stay open');
  console.log(`\nGrowth by ${format(Number(values.requests))} keep-alive requests\n`);
  printTable(
    ['server', 'heap MB', 'external MB', 'handles'],
    ['bare', 'readme'].map((variant) => [
      variant,
      format(of(variant, 'heap'), 2),
      format(of(variant, 'external'), 2),
      of(variant, 'handles'),
    ]),
  );
  for (const goal of missed) console.log(`\nmissed: ${goal}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
