import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { describe, expect, it } from 'vitest';
import { useBench } from '../../support/bench';
import { closeServer, listen } from '../../support/observe';
import { plainApp } from '../../support/plain-app';
import { itIsSeenThrough } from '../../support/scenarios';

describe('an https server', () => {
  const bench = useBench(async () => {
    // Self-signed, valid for `localhost` from 2020 to 2120.
    const pem = readFileSync(new URL('../../support/localhost.pem', import.meta.url), 'utf8');
    const server = createServer({ key: pem, cert: pem }, plainApp);
    return { port: await listen(server), certificate: pem, close: () => closeServer(server) };
  });
  itIsSeenThrough(bench, {
    failure: 'it broke',
    notFound: 'not here',
    knowsRoutes: false,
    sendsFiles: true,
  });

  it('is logged with its scheme', async () => {
    const { entry } = await bench.compare({ path: '/search?q=1' });
    expect(entry.request.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/search\?q=1$/);
    expect(entry.pageref).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/search$/);
  });
});
