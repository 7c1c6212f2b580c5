import { describe, expect, it } from 'vitest';
import { startLocalMetricsServer } from '../../../src/local/metrics-server';
import { lastingPort } from '../../support/lasting-port';
import { POLL } from '../../support/patience';
import { logOf } from '../../support/viewer-logs';
import { hasBrowser } from './browser';
import { useViewer } from './use-viewer';

describe.skipIf(!hasBrowser())('the list', () => {
  const viewer = useViewer();
  const rowOf = (path: string) => viewer.page.locator('.row', { hasText: path });

  it('searches URLs, callers, headers and bodies, and filters by method, status and caller', async () => {
    const content = { size: 9, mimeType: 'text/plain', text: 'in a Burrow' };
    const headers = [{ name: 'X-Owl', value: 'Errol-17' }];
    await viewer.send(
      logOf({ url: 'http://h/one', response: { content } }),
      logOf({ url: 'http://h/two', method: 'POST', status: 404, request: { headers } }),
      logOf({ url: 'http://h/three', group: { id: 'g3', label: 'Ginny' }, status: 500 }),
    );
    await viewer.open();
    const search = viewer.page.getByRole('searchbox');
    for (const [text, expected] of [
      ['TWO', ['/two']],
      ['burrow', ['/one']],
      ['errol-17', ['/two']],
      ['ginny', ['/three']],
      ['', ['/three', '/two', '/one']],
    ] as const) {
      await search.fill(text);
      await expect.poll(viewer.paths, POLL).toEqual(expected);
    }
    await viewer.page.getByLabel('Method').selectOption('POST');
    await expect.poll(viewer.paths, POLL).toEqual(['/two']);
    expect(await viewer.page.locator('#count').textContent()).toBe('1 of 3 logs');
    await viewer.page.getByLabel('Method').selectOption('');
    await viewer.page.getByLabel('Status', { exact: true }).selectOption('5');
    await expect.poll(viewer.paths, POLL).toEqual(['/three']);
    await viewer.page.getByLabel('Status', { exact: true }).selectOption('');
    await viewer.page.getByLabel('Caller').selectOption({ label: 'Ginny' });
    await expect.poll(viewer.paths, POLL).toEqual(['/three']);

    // What comes later is filtered, too, bodies included.
    await viewer.page.getByRole('button', { name: 'Reset filters' }).click();
    await search.fill('burrow');
    await expect.poll(viewer.paths, POLL).toEqual(['/one']);
    await viewer.send(
      logOf({ url: 'http://h/four', response: { content } }),
      logOf({ url: 'http://h/five' }),
    );
    await expect.poll(viewer.paths, POLL).toEqual(['/four', '/one']);
    await search.fill('nowhere');
    await viewer.page.getByText('No log matches.').waitFor();
  });

  it('stays where one reads when logs arrive, and nothing jumps', async () => {
    await viewer.send(
      ...Array.from({ length: 300 }, (_, index) => logOf({ url: `http://h/${index}` })),
    );
    await viewer.open();
    await rowOf('/299').waitFor();
    await viewer.page.evaluate(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          shifts.push((entry as unknown as { value: number }).value);
      }).observe({ type: 'layout-shift', buffered: true } as unknown as PerformanceObserverInit);
      const list = document.getElementById('list');
      if (list) list.scrollTop = 6000;
    });
    const top = () =>
      viewer.page.evaluate(() => document.elementFromPoint(200, 500)?.closest('.row')?.textContent);
    await expect.poll(top, POLL).toContain('/19');
    const before = await top();
    await viewer.send(logOf({ url: 'http://h/new' }), logOf({ url: 'http://h/newest' }));
    const pill = viewer.page.getByRole('button', { name: '2 new' });
    await pill.waitFor();
    expect(await top()).toBe(before);
    await pill.click();
    await rowOf('/newest').waitFor();
    expect(await pill.isVisible()).toBe(false);
    await viewer.openLog('/newest');
    const shifts = await viewer.page.evaluate(
      () => (window as unknown as { shifts: number[] }).shifts,
    );
    expect(shifts.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.01);
  });

  it('has only the rows in sight in the document, however many logs there are', async () => {
    for (let sent = 0; sent < 10_000; sent += 1000) {
      await viewer.send(
        ...Array.from({ length: 1000 }, (_, index) =>
          logOf({ url: `http://h/log-${sent + index}` }),
        ),
      );
    }
    await viewer.open();
    await expect.poll(() => viewer.page.locator('#count').textContent(), POLL).toBe('10,000 logs');
    await rowOf('/log-9999').waitFor();
    expect(await viewer.page.locator('.row').count()).toBeLessThan(40);
    await viewer.page.locator('#list').focus();
    await viewer.page.keyboard.press('End');
    await viewer.page.locator('.row-path', { hasText: /^\/log-0$/ }).waitFor();
    expect(await viewer.page.locator('.row').count()).toBeLessThan(40);
    await viewer.page.getByRole('searchbox').fill('/log-77');
    await expect
      .poll(() => viewer.page.locator('#count').textContent(), POLL)
      .toBe('111 of 10,000 logs');
  });

  it('clears when that is confirmed, also in another page', async () => {
    await viewer.send(logOf());
    await viewer.open();
    const second = await viewer.page.context().newPage();
    await second.goto(viewer.server.url);
    await second.locator('.row').waitFor();
    await viewer.page.getByRole('button', { name: 'Clear' }).click();
    await viewer.page.getByRole('button', { name: 'Cancel' }).click();
    expect(viewer.server.logs).toHaveLength(1);
    await viewer.page.getByRole('button', { name: 'Clear' }).click();
    await viewer.page.getByRole('button', { name: 'Forget all' }).click();
    await viewer.page.locator('#empty').waitFor();
    await second.locator('#empty').waitFor();
    expect(viewer.server.logs).toHaveLength(0);
  });

  it('says that the viewer has gone, and goes on with the next one', async () => {
    const port = await lastingPort();
    await viewer.server.close();
    viewer.server = await startLocalMetricsServer({ viewer: true, port });
    await viewer.send(logOf({ url: 'http://h/before' }));
    await viewer.open();
    await rowOf('/before').waitFor();
    await viewer.server.close();
    await viewer.page.locator('#connection[data-state=lost]').waitFor();
    viewer.server = await startLocalMetricsServer({ viewer: true, port });
    await viewer.send(logOf({ url: 'http://h/after' }));
    await expect.poll(viewer.paths, POLL).toEqual(['/after']);
  });
});
