import { expect, it } from 'vitest';
import { checkServer } from '../../src/doctor/check-server';
import { resolveOptions } from '../../src/options/resolve-options';
import { answering } from '../support/answering-server';

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
