'use strict';

// Takes the pictures of the viewer in docs/images: `npm run screenshots`. Needs Chromium. What is
// to be seen has gone all the way: requests to an API, the package, the metrics server, the page.

const { once } = require('node:events');
const { mkdirSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { parseArgs } = require('node:util');
const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');
const { startLocalMetricsServer } = require('readme-metrics-opentelemetry/local-metrics-server');
const { CUSTOMERS, createPostOffice, someRequest } = require('./post-office');
const { launchChromium } = require('./chromium');

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: join(__dirname, '../../docs/images') },
    /** Seconds of traffic. */
    seconds: { type: 'string', default: '40' },
  },
});

const LETTER = {
  to: 'Hermione Granger',
  weight: 12.5,
  express: true,
  card: '4929123456781234',
  payment: { kind: 'credit', cvc: '907314', receipt: null },
  contents: ['book', 'quill', 'ink'],
};

async function main() {
  mkdirSync(values.folder, { recursive: true });
  const metrics = await startLocalMetricsServer({ port: 4319, viewer: true });
  const readme = new ReadmeInstrumentation({
    apiKey: 'any-key-will-do-here',
    metricsServer: metrics.url,
    denylist: ['card', '**.cvc', /^x-card-/],
    developmentMode: true,
    bufferLength: 1,
  });
  const server = createPostOffice().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await launchChromium();
  try {
    await shoot(browser, metrics.url, 'viewer-empty', { width: 1280 });
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const count = await sendTraffic(`http://127.0.0.1:${port}`);
    await metrics.waitForLogs(count, 60_000);

    for (const colorScheme of ['light', 'dark']) {
      await shoot(browser, metrics.url, `viewer-${colorScheme}`, {
        width: 1280,
        colorScheme,
        open: true,
      });
    }
    await shoot(browser, metrics.url, 'viewer-narrow', { width: 390 });
    await shoot(browser, metrics.url, 'viewer-narrow-log', { width: 390, open: true });
  } finally {
    await browser.close();
    server.close();
    await readme.shutdown();
    await metrics.close();
  }
}

async function sendTraffic(origin) {
  // The same requests each time, so that a new picture differs by what is new.
  let seed = 7;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  let count = 0;
  const send = async (method, path, body, customer) => {
    count += 1;
    const response = await fetch(`${origin}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(customer && { authorization: `Bearer ${customer.apiKey}` }),
        ...(body && { 'content-type': 'application/json', 'x-card-token': 'tok_5e8400e29b41d4a7' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    await response.arrayBuffer();
  };
  const end = Date.now() + Number(values.seconds) * 1000;
  while (Date.now() < end) {
    const [method, path, body] = someRequest(random);
    // Now and then somebody who has no key.
    await send(method, path, body, CUSTOMERS[Math.floor(random() * 4.2)]);
    await sleep(80 + random() * 420);
  }
  await send('POST', '/letters', LETTER, CUSTOMERS[0]);
  await send('GET', '/letters/1042', undefined, CUSTOMERS[0]);
  await send('DELETE', '/letters/1017', undefined, CUSTOMERS[1]);
  return count;
}

async function shoot(browser, url, name, { width, colorScheme = 'light', open = false }) {
  const narrow = width < 600;
  const page = await browser.newPage({
    viewport: { width, height: narrow ? 844 : 800 },
    colorScheme,
    deviceScaleFactor: narrow ? 1.5 : 1.25,
  });
  await page.goto(url);
  await page.waitForSelector(name.includes('empty') ? '.empty-box' : '.row');
  if (open) {
    await page.locator('.row', { hasText: 'POST' }).first().click();
    await page.waitForSelector('.detail');
    await page.mouse.move(0, 0);
  }
  await sleep(300);
  const path = join(values.folder, `${name}.png`);
  await page.screenshot({ path });
  console.log(path);
  await page.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
