import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ReadmeInstrumentation } from '../../../src/index';
import { POLL } from '../../support/patience';
import { logOf } from '../../support/viewer-logs';
import { hasBrowser } from './browser';
import { useViewer } from './use-viewer';

const MASK = `sha512-${'Q'.repeat(86)}==?-key`;

describe.skipIf(!hasBrowser())('the page', () => {
  const viewer = useViewer();
  const rowOf = (path: string) => viewer.page.locator('.row', { hasText: path });

  it('says how to begin, with a command to copy, until the first request of an application', async () => {
    await viewer.open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await viewer.page.getByRole('heading', { name: 'Waiting for the first log' }).waitFor();
    await viewer.page.locator('.command').first().getByRole('button', { name: 'Copy' }).click();
    await viewer.page.locator('.copied').waitFor();
    const copied = await viewer.page.evaluate(() => navigator.clipboard.readText());
    expect(copied.replaceAll('\\\n', '')).toBe(
      `README_METRICS_SERVER=${viewer.server.url} README_API_KEY=any-key README_BUFFER_LENGTH=1 ` +
        'node --require readme-metrics-opentelemetry/register app.js',
    );

    const readme = new ReadmeInstrumentation({
      apiKey: 'any-key',
      metricsServer: viewer.server.url,
      bufferLength: 1,
      developmentMode: true,
    });
    const api = createServer((_request, response) => response.writeHead(201).end('hi'));
    await once(api.listen(0, '127.0.0.1'), 'listening');
    const { port } = api.address() as AddressInfo;
    try {
      await fetch(`http://127.0.0.1:${port}/letters?to=Ron`, { method: 'POST', body: 'x' });
      await expect.poll(viewer.paths, POLL).toEqual(['/letters?to=Ron']);
    } finally {
      api.close();
      api.closeAllConnections();
      await readme.shutdown();
    }
    const row = await rowOf('/letters').innerText();
    for (const text of ['POST', '201', 'Anonymous', 'dev', 'ms']) expect(row).toContain(text);
    expect(await viewer.page.locator('#empty').isVisible()).toBe(false);
    expect(await viewer.page.locator('#chart-requests').textContent()).toBe('1');
  });

  it('shows one log in full, and what was redacted or masked in it', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const text = '{"card":"[REDACTED 16]","price":1.50,"id":12345678901234567890}';
    await viewer.send(
      logOf({
        id: 'the-log',
        method: 'POST',
        url: 'http://h/cards?card=%5BREDACTED%2016%5D',
        status: 201,
        group: { id: MASK, label: 'Hedwig', email: 'hedwig@example.com' },
        request: {
          headers: [{ name: 'Authorization', value: MASK }],
          queryString: [{ name: 'card', value: '[REDACTED 16]' }],
          postData: { mimeType: 'application/json', text },
          bodySize: 2048,
        },
        response: {
          statusText: 'Created',
          content: {
            size: 63,
            mimeType: 'application/json',
            text,
            comment: 'truncated: 63 of 99 bytes kept',
          },
        },
        entry: { comment: `trace-id: ${traceId}` },
      }),
    );
    await viewer.open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await viewer.openLog('/cards');
    const detail = viewer.page.locator('.detail');
    const shown = await detail.innerText();
    for (const part of [
      '201 Created',
      '12 ms',
      'hedwig@example.com',
      traceId,
      'the-log',
      '2.0 KiB',
      '9 ms',
    ]) {
      expect(shown).toContain(part);
    }
    expect(shown).toContain('truncated: 63 of 99 bytes kept');
    // As it was sent, which JSON.parse() would not have kept.
    expect(shown).toContain('"price": 1.50,\n  "id": 12345678901234567890');
    expect(await detail.locator('mark.redacted').count()).toBe(4);
    expect(await detail.locator('mark.masked').allTextContents()).toEqual([
      'sha512-QQQQQQQQ…?-key',
      'sha512-QQQQQQQQ…?-key',
    ]);

    await viewer.page.getByText('Raw JSON').click();
    await expect.poll(() => detail.locator('.raw').innerText(), POLL).toContain(MASK);
    await viewer.page.getByRole('button', { name: 'Copy as cURL' }).click();
    await detail.locator('.copied').waitFor();
    const command = await viewer.page.evaluate(() => navigator.clipboard.readText());
    // What is only a mask in the log is not sent as if it were the value.
    expect(command).toContain("for the log has only masks: headers Authorization.'\n");
    expect(command).toContain("curl 'http://h/cards' \\\n");
    expect(command).toContain(`--data-raw '${text.replace('[REDACTED 16]', 'REPLACE_THIS')}'`);
    // The address leads to this log again.
    await viewer.page.reload();
    await viewer.page.locator('.detail-path', { hasText: '/cards' }).waitFor();
  });

  it('shows hostile text as it is, and runs none of it', async () => {
    const attack = '"><img src=x onerror="document.title=1"><script>document.title=2</script>';
    const pair = [{ name: attack, value: attack }];
    const content = { size: 9, mimeType: `text/html${attack}`, text: attack, comment: attack };
    await viewer.send(
      logOf({
        id: attack,
        method: '<b>GET</b>',
        url: `http://h/path${attack}`,
        group: { id: attack, label: attack, email: attack },
        request: {
          headers: pair,
          queryString: pair,
          postData: {
            mimeType: 'multipart/form-data',
            params: [{ ...pair[0], fileName: attack } as never],
          },
        },
        response: { headers: pair, content, statusText: attack },
        entry: { pageref: attack, comment: attack },
      }),
      {
        _id: 'odd',
        group: { id: 'g' },
        request: { log: { entries: [{ request: 5, response: { headers: 'x' } }] } },
      },
    );
    await viewer.open();
    await viewer.openLog('/path');
    await viewer.page.getByText('Raw JSON').click();
    await expect.poll(() => viewer.page.locator('.raw').innerText(), POLL).toContain('onerror');
    const shown = await viewer.page.locator('.detail').innerText();
    expect(shown.split('<img src=x onerror="document.title=1"><script>').length).toBeGreaterThan(
      10,
    );
    expect(
      await viewer.page.locator('main img, main script, main b:not(.timing-legend b)').count(),
    ).toBe(0);
    expect(await viewer.page.title()).toBe('Log viewer (2)');

    // A log that is hardly one.
    await viewer.page.locator('.row').first().click();
    await viewer.page.locator('.detail', { hasText: 'No response' }).waitFor();
    // Were there a mistake in the viewer.page, the policy would still stop markup.
    const markup = await viewer.page.evaluate(() => {
      try {
        document.body.innerHTML = '<img src=x>';
        return 'taken';
      } catch (error) {
        return (error as Error).name;
      }
    });
    expect(markup).toBe('TypeError');
    viewer.faults = viewer.faults.filter((fault) => !fault.includes('TrustedHTML'));
  });
});
