'use strict';

const { existsSync } = require('node:fs');

const PLACES = [
  process.env.README_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** How to get a browser, for those who have none. */
const HOW_TO_INSTALL =
  'Chromium was not found. Install it (Debian, Ubuntu: apt-get install chromium), or give its path as README_CHROMIUM.';

/** Path of a Chromium or Chrome; undefined when there is none. */
function findChromium() {
  return PLACES.find((path) => path !== undefined && path !== '' && existsSync(path));
}

/** Starts Chromium without a window, and without a word to anybody but the page. */
async function launchChromium() {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(HOW_TO_INSTALL);
  // Loaded here: whoever only asks whether there is a browser needs no driver.
  const { chromium } = require('playwright-core');
  return await chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

module.exports = { HOW_TO_INSTALL, findChromium, launchChromium };
