import { expect, it } from 'vitest';
import { checkServer } from '../../src/doctor/check-server';
import { resolveOptions } from '../../src/options/resolve-options';
import { answering } from '../support/answering-server';
import { PATIENCE_MILLIS } from '../support/patience';

it('asks nobody in a dry run', async () => {
  let requests = 0;
  const server = await answering((_, response) => {
    requests++;
    response.end();
  });
  const options = resolveOptions({ apiKey: 'key', metricsServer: server.url }, {});
  const [check] = await checkServer({ ...options, dryRun: true }, new Set());
  expect(check).toMatchObject({ verdict: 'note', text: expect.stringContaining('README_DRY_RUN') });
  expect(requests).toBe(0);
  await checkServer(options, new Set());
  expect(requests).toBe(1);
  await server.close();
});

it('warns of a key that goes over the network in clear', async () => {
  const options = resolveOptions(
    { apiKey: 'key', metricsServer: 'http://metrics.nowhere.invalid' },
    {},
  );
  const checks = await checkServer(options, new Set());
  expect(checks.map(({ verdict }) => verdict)).toEqual(['warn', 'fail']);
  expect(checks[0]?.text).toContain('without encryption');
});

it.each([
  ['that does not run, for http://', 'http://metrics.nowhere.invalid', 'http://127.0.0.1:9'],
  ['that does not run, for https://', 'https://metrics.nowhere.invalid', 'http://127.0.0.1:9'],
])('names the proxy %s', async (_what, metricsServer, proxy) => {
  const options = resolveOptions({ apiKey: 'key', metricsServer, proxy }, {});
  const failed = (await checkServer(options, new Set())).find(({ verdict }) => verdict === 'fail');
  expect(failed?.text).toMatch(/^the proxy 127\.0\.0\.1:9 cannot be reached/);
  expect(failed?.advice).toContain('README_PROXY');
});

it('names the proxy that wants a password, and the one that gives no answer', async () => {
  const server = await answering(({ url }, response) => {
    if (url?.startsWith('http://strict.')) response.writeHead(407).end();
  });
  const failed = async (host: string, timeoutMillis: number) => {
    const options = { apiKey: 'key', metricsServer: `http://${host}.invalid`, proxy: server.url };
    const resolved = { ...resolveOptions(options, {}), timeoutMillis };
    const checks = await checkServer(resolved, new Set());
    return checks.find(({ verdict }) => verdict === 'fail')?.text;
  };
  expect(await failed('strict', PATIENCE_MILLIS)).toMatch(
    /^the proxy 127\.0\.0\.1:\d+ wants a user and a password/,
  );
  expect(await failed('silent', 50)).toMatch(/through the proxy http:\/\/127\.0\.0\.1:\d+$/);
  await server.close();
});
