import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateHarLog } from '../../support/har-schema';
import { logOf } from '../../support/viewer-logs';
import { hasBrowser } from './browser';
import { useViewer } from './use-viewer';

describe.skipIf(!hasBrowser())('what can be taken away', () => {
  const viewer = useViewer();

  it('is one log, or all, as HAR 1.2', async () => {
    await viewer.send(logOf({ url: 'http://h/one' }), logOf({ url: 'http://h/two' }));
    const page = await viewer.open();
    /** Name of the file, and the URLs in it. */
    const download = async (link: string) => {
      const [file] = await Promise.all([page.waitForEvent('download'), page.locator(link).click()]);
      const har = JSON.parse(readFileSync(await file.path(), 'utf8'));
      expect(validateHarLog(har)).toEqual([]);
      const urls = har.log.entries.map((entry: { request: { url: string } }) => entry.request.url);
      return [file.suggestedFilename(), urls];
    };
    expect(await download('#download-all')).toEqual(['logs.har', ['http://h/one', 'http://h/two']]);
    await viewer.openLog('/two');
    expect(await download('.detail-actions a')).toEqual(['log-1.har', ['http://h/two']]);
  });
});
