'use strict';

// What a reader of the viewer waits for, measured in Chromium: from a request to an application to its log
// in the list, and searching and scrolling with many logs.
//
//   npm run bench:viewer -- --logs 10000

const { once } = require('node:events');
const { createServer, get } = require('node:http');
const { parseArgs } = require('node:util');
const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');
const { startLocalMetricsServer } = require('readme-metrics-opentelemetry/local-metrics-server');
const { launchChromium } = require('../examples/demo/chromium');
const { format, printTable } = require('./support/print');

const { values } = parseArgs({
  options: {
    logs: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '40' },
    /** Bytes of each response body. */
    'body-bytes': { type: 'string', default: '1024' },
  },
});
const count = Number(values.logs);
const rounds = Number(values.rounds);
const body = JSON.stringify({ letter: 'x'.repeat(Math.max(0, Number(values['body-bytes']) - 13)) });

async function main() {
  const metrics = await startLocalMetricsServer({ viewer: true, maxLogs: count + 1000 });
  const readme = new ReadmeInstrumentation({
    apiKey: 'any-key',
    metricsServer: metrics.url,
    bufferLength: 1,
  });
  const api = createServer((_request, response) => response.end(body));
  await once(api.listen(0, '127.0.0.1'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (api.address());
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(metrics.url);
    await page.locator('#empty').waitFor();

    const arrivals = [];
    for (let round = 0; round < rounds; round++) arrivals.push(await arrival(page, port, round));

    await post(metrics, count - metrics.logs.length);
    const began = performance.now();
    await page.goto(metrics.url);
    await page.waitForFunction(
      (text) => document.getElementById('count')?.textContent === text,
      `${format(count)} logs`,
    );
    const load = performance.now() - began;

    const searches = await page.evaluate(measureSearches, rounds);
    const inside = await page.evaluate(measureSearchInside, rounds / 4);
    await page.waitForTimeout(500);
    const scrolls = await page.evaluate(measureScrolls, rounds);

    console.log(
      `Node ${process.version}, Chromium ${browser.version()}, ${format(metrics.logs.length)} logs with bodies of ${body.length} bytes\n`,
    );
    printTable(
      ['milliseconds', 'p50', 'p95', 'max'],
      [
        row('from the request of a client to its log in the list', arrivals),
        row('from the opening of the page to all logs', [load]),
        row('from a key in the search field to the next frame', searches),
        row('a search of all headers and bodies by the server', inside),
        row('from a jump of the scroll bar to the next frame', scrolls),
      ],
    );
  } finally {
    await browser.close();
    api.close();
    api.closeAllConnections();
    await readme.shutdown();
    await metrics.close();
  }
}

/** Milliseconds from a request to the first frame in which its log is in the list. */
async function arrival(page, port, round) {
  const path = `/first/${round}/${Date.now()}`;
  const seen = page.evaluate(
    (sought) =>
      new Promise((resolve) => {
        const look = () => {
          const shown = [...document.querySelectorAll('.row-path')];
          if (shown.some(({ textContent }) => textContent === sought)) resolve(Date.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
    path,
  );
  await new Promise((resolve) => setTimeout(resolve, 30));
  const began = Date.now();
  get({ port, path, agent: false }, (response) => response.resume());
  return (await seen) - began;
}

/** Logs like the last one, with paths of their own. */
async function post(metrics, missing) {
  const model = JSON.stringify(metrics.logs.at(-1));
  for (let sent = 0; sent < missing; sent += 500) {
    const logs = Array.from({ length: Math.min(500, missing - sent) }, (_, index) => {
      const log = JSON.parse(model);
      log._id = `${sent + index}`;
      const [entry] = log.request.log.entries;
      entry.request.url = `http://127.0.0.1/letters/${sent + index}?to=owl-${index % 7}`;
      entry.response.status = [200, 201, 404, 500][index % 4];
      return log;
    });
    await fetch(`${metrics.url}/v1/request`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('k:').toString('base64')}` },
      body: JSON.stringify(logs),
    });
  }
}

/** Runs in the page, as do the next two. */
async function measureSearches(rounds) {
  const search = /** @type {HTMLInputElement} */ (document.getElementById('search'));
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    search.value = 'letters/12345'.slice(0, 1 + (round % 13));
    search.dispatchEvent(new Event('input'));
    await frame();
    times.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  search.value = '';
  search.dispatchEvent(new Event('input'));
  await frame();
  return times;
}

async function measureSearchInside(rounds) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await (await fetch(`/viewer/search?q=nowhere-${round}`)).json();
    times.push(performance.now() - began);
  }
  return times;
}

async function measureScrolls(rounds) {
  const list = /** @type {HTMLElement} */ (document.getElementById('list'));
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    list.scrollTop = (list.scrollHeight * ((round * 7919) % 1000)) / 1000;
    // The event of the scroll comes with the first frame, the rows are drawn with the second.
    await frame();
    await frame();
    times.push(performance.now() - began);
  }
  return times;
}

function row(what, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return [what, format(at(0.5), 1), format(at(0.95), 1), format(sorted.at(-1) ?? 0, 1)];
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
