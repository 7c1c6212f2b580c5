import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import {
  type LocalMetricsServer,
  startLocalMetricsServer,
} from '../../../src/local/metrics-server';
import { PATIENCE_MILLIS } from '../../support/patience';
import { postLogs } from '../../support/viewer-logs';
import { launchChromium } from './browser';

/** A viewer without logs, and a browser that looks at it. */
export interface Viewer {
  server: LocalMetricsServer;
  page: Page;
  /** What must not happen in any test: errors, and requests to anybody else. */
  faults: string[];
  open(options?: BrowserContextOptions): Promise<Page>;
  send(...logs: unknown[]): Promise<Response>;
  /** The paths in the list, as they are shown. */
  paths(): Promise<string[]>;
  openLog(path: string): Promise<void>;
}

/** Gives each test of a `describe` a viewer of its own, in one browser. */
export function useViewer(): Viewer {
  let browser: Browser;
  const viewer: Viewer = {
    server: undefined as never,
    page: undefined as never,
    faults: [],
    open,
    send: (...logs) => postLogs(viewer.server.url, logs),
    paths: () => viewer.page.locator('.row-path').allTextContents(),
    async openLog(path) {
      await viewer.page.locator('.row', { hasText: path }).click();
      await viewer.page.locator('.detail-path', { hasText: path }).waitFor();
    },
  };

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    viewer.server = await startLocalMetricsServer({ viewer: true });
    viewer.faults = [];
  });
  afterEach(async () => {
    await viewer.page?.context().close();
    await viewer.server?.close();
    expect(viewer.faults).toEqual([]);
  });

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const viewport = { width: 1280, height: 800 };
    const context = await browser.newContext({ viewport, ...options });
    context.setDefaultTimeout(PATIENCE_MILLIS);
    const page = await context.newPage();
    viewer.page = page;
    page.on('pageerror', (error) => viewer.faults.push(String(error)));
    page.on('console', (message) => {
      // Connections that a test has cut are no fault of the page.
      const isFault = message.type() === 'error' && !message.text().includes('ERR_');
      if (isFault) viewer.faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith('http://127.0.0.1:')) viewer.faults.push(request.url());
    });
    await page.goto(viewer.server.url);
    await page.locator('#connection[data-state=live]').waitFor();
    return page;
  }

  return viewer;
}
