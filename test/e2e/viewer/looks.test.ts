import { describe, expect, it } from 'vitest';
import { POLL } from '../../support/patience';
import { logOf } from '../../support/viewer-logs';
import { hasBrowser, lowContrastTexts } from './browser';
import { useViewer } from './use-viewer';

const MASK = `sha512-${'Q'.repeat(86)}==?-key`;

describe.skipIf(!hasBrowser())('the page, whatever it is seen on,', () => {
  const viewer = useViewer();
  const rowOf = (path: string) => viewer.page.locator('.row', { hasText: path });

  it.each(['light', 'dark'] as const)('can be read in the %s theme', async (colorScheme) => {
    await viewer.send(
      ...['GET', 'POST', 'PUT', 'DELETE', 'LINK'].map((method, index) =>
        logOf({
          method,
          url: `http://h/${method}`,
          status: [200, 301, 404, 500, 0][index] as number,
          development: true,
        }),
      ),
      logOf({
        url: 'http://h/full',
        group: { id: MASK },
        response: {
          headers: [{ name: 'a', value: '[REDACTED 1]' }],
          content: {
            size: 1,
            mimeType: 'application/json',
            text: '{"a":[1,"[REDACTED 3]",null]}',
            comment: 'cut',
          },
        },
      }),
    );
    await viewer.open({ colorScheme });
    await viewer.openLog('/full');
    expect(await viewer.page.evaluate(lowContrastTexts)).toEqual([]);
    const ground = await viewer.page.evaluate(
      () => getComputedStyle(document.body).backgroundColor,
    );
    expect(ground).toBe(colorScheme === 'light' ? 'rgb(243, 245, 248)' : 'rgb(12, 15, 20)');

    // The choice of a theme wins over the system's, and is kept.
    const other = colorScheme === 'light' ? 'dark' : 'light';
    while ((await viewer.page.getAttribute('html', 'data-theme')) !== other)
      await viewer.page.locator('#theme').click();
    await viewer.page.reload();
    await viewer.page.locator('.detail').waitFor();
    expect(
      await viewer.page.evaluate(() => getComputedStyle(document.body).backgroundColor),
    ).not.toBe(ground);
    expect(await viewer.page.evaluate(lowContrastTexts)).toEqual([]);
    viewer.server.clear();
    await viewer.page.locator('#empty').waitFor();
    expect(await viewer.page.evaluate(lowContrastTexts)).toEqual([]);
  });

  it('shows list or log on a narrow screen, and never wider than it', async () => {
    await viewer.send(
      logOf({
        url: `http://h/${'long'.repeat(60)}`,
        request: { headers: [{ name: 'x'.repeat(99), value: 'y'.repeat(999) }] },
      }),
    );
    await viewer.open({ viewport: { width: 390, height: 844 } });
    const isTooWide = () =>
      viewer.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(await isTooWide()).toBe(false);
    expect(await viewer.page.locator('#detail').isVisible()).toBe(false);
    await viewer.page.locator('.row').click();
    await viewer.page.locator('.detail').waitFor();
    expect(await viewer.page.locator('#list').isVisible()).toBe(false);
    expect(await isTooWide()).toBe(false);
    const inner = await viewer.page.evaluate(() => {
      const { scrollWidth = 0, clientWidth = 0 } = document.getElementById('detail') ?? {};
      return scrollWidth <= clientWidth;
    });
    expect(inner).toBe(true);
    await viewer.page.getByRole('button', { name: '← All logs' }).click();
    expect(await viewer.page.locator('#list').isVisible()).toBe(true);
  });

  it('can be used by keyboard alone', async () => {
    await viewer.send(...['a', 'b', 'c'].map((path) => logOf({ url: `http://h/${path}` })));
    await viewer.open();
    await rowOf('/c').waitFor();
    await viewer.page.keyboard.press('/');
    await viewer.page.keyboard.type('http://h');
    await viewer.page.keyboard.press('ArrowDown');
    const selected = () => viewer.page.locator('.row[aria-selected=true] .row-path').textContent();
    await expect.poll(selected, POLL).toBe('/c');
    await viewer.page.keyboard.press('ArrowDown');
    await expect.poll(selected, POLL).toBe('/b');
    await viewer.page.keyboard.press('End');
    await expect.poll(selected, POLL).toBe('/a');
    const active = await viewer.page.getAttribute('#list', 'aria-activedescendant');
    expect(await viewer.page.locator(`#${active} .row-path`).textContent()).toBe('/a');
    await viewer.page.keyboard.press('Home');
    await viewer.page.keyboard.press('j');
    await expect.poll(selected, POLL).toBe('/b');
    await viewer.page.locator('.detail-path', { hasText: '/b' }).waitFor();

    const focused = () => viewer.page.evaluate(() => document.activeElement?.id);
    await viewer.page.keyboard.press('Enter');
    await expect.poll(focused, POLL).toBe('detail');
    await viewer.page.keyboard.press('Tab');
    expect(await viewer.page.evaluate(() => document.activeElement?.textContent)).toContain(
      'Copy as cURL',
    );
    const outline = await viewer.page.evaluate(
      () => document.activeElement && getComputedStyle(document.activeElement).outlineStyle,
    );
    expect(outline).toBe('solid');
    await viewer.page.keyboard.press('Escape');
    expect(await focused()).toBe('list');

    // After a click, too.
    await viewer.openLog('/c');
    await viewer.page.keyboard.press('ArrowDown');
    await expect.poll(selected, POLL).toBe('/b');
  });
});
