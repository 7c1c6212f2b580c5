import { beforeAll, describe, expect, it } from 'vitest';
import { variableOf } from '../../../src/options/environment';
import type { ReadmeOptions } from '../../../src/options/readme-options';
import { resolveOptions } from '../../../src/options/resolve-options';
import { FORMATS, helloApp, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('bad-settings');

/** Values that cannot be used, by option. */
const BAD: Record<keyof ReadmeOptions, string[]> = {
  apiKey: ['two words', 'schlüssel'],
  groupingFunction: ['./nowhere.js#caller', 'no-such-package#caller', '#caller'],
  bufferLength: ['ten', '0', '31', '1.5'],
  backgroundWorkerMode: ['maybe', '2'],
  developmentMode: ['maybe', 'flase'],
  logBinaryBodies: ['maybe', 'ture'],
  filterSpans: ['maybe', 'ja'],
  denylist: [
    '@secrets,ssn',
    '"password"',
    'card\npassword',
    'card;password',
    '*password*',
    '["password"',
    '["password", 1]',
    '[{"name":"password"}]',
    '[""]',
    ',',
    '/card/i',
  ],
  allowlist: ['["name"', '/name/', '["name", 1]', '[""]'],
  allowedHttpHosts: ['"api.example.com"', '["api.example.com"', '[1]', ','],
  timeoutMillis: ['3s', '0', '-1', '300001'],
  retryTimeoutMillis: ['2m', '-1', '86400001'],
  exitTimeoutMillis: ['2s', '-1', '600001'],
  // Any text that a variable can hold is a path.
  spoolDirectory: [],
  spoolMaxBytes: ['64 MiB', '0'],
  spoolMaxAgeMillis: ['1d', '0'],
  dryRun: ['maybe', '2'],
  baseLogUrl: ['docs.example.com', 'ftp://docs.example.com'],
  trustProxy: ['not-an-address', '-1', '[1]'],
  maxBodyBytes: ['1MB', '-1', '67108865'],
  maxBufferedBytes: ['64 MiB', '-1'],
  flushIntervalMillis: ['2s', '0', '3600001'],
  metricsServer: ['metrics.readme.io', 'https://user:pass@metrics.readme.io'],
  dashServer: ['dash.readme.com', 'file:///etc'],
  proxy: ['socks5://user:pass@127.0.0.1:1080', 'http://127.0.0.1:3128/path', 'http://'],
};
const CASES = Object.entries(BAD).flatMap(([option, values]) =>
  values.map((value) => [variableOf(option as keyof ReadmeOptions), value] as const),
);

beforeAll(() => {
  for (const format of FORMATS) zeroCode.write(`hello.${format}`, helloApp(format));
});

it('every variable is tried', () => {
  expect(Object.keys(BAD).sort()).toEqual(
    Object.keys(resolveOptions({ apiKey: 'key' }, {})).sort(),
  );
});

describe.concurrent('with a variable that cannot be used, the application runs, nothing is logged, and one warning names it', () => {
  it.each(CASES)('%s=%s', async (variable, value) => {
    const app = await zeroCode.start('hello.cjs', {
      env: { README_BUFFER_LENGTH: '1', [variable]: value },
    });
    expect(await app.get('/')).toMatchObject({ status: 200, body: 'ok' });
    expect(await app.end()).toBe(143);
    expect(app.metrics.requests).toEqual([]);
    expect(app.stderr.split('ReadmeMetricsWarning')).toHaveLength(2);
    expect(new Set(app.stderr.match(/README_(?!INVALID_OPTIONS)\w+/g))).toEqual(
      new Set([variable]),
    );
    if (/^README_(API_KEY|PROXY)$/.test(variable)) expect(app.stderr).not.toContain(value);
  });

  it('a misspelt list', async () => {
    const env = { README_BUFFER_LENGTH: '1', README_DENY_LIST: 'password' };
    const app = await zeroCode.start('hello.cjs', { env });
    expect((await app.get('/')).body).toBe('ok');
    expect(await app.end()).toBe(143);
    expect(app.metrics.requests).toEqual([]);
    expect(app.stderr.split('ReadmeMetricsWarning')).toHaveLength(2);
    expect(app.stderr).toContain('nothing is logged: README_DENY_LIST is none of');
    expect(app.stderr).toContain('did you mean README_DENYLIST?');
  });

  it('an app.mjs, as well', async () => {
    const env = { README_BUFFER_LENGTH: '1', README_DENYLIST: '["password"' };
    const app = await zeroCode.start('hello.mjs', { env });
    expect((await app.get('/')).body).toBe('ok');
    expect(await app.end()).toBe(143);
    expect(app.stderr).toContain('README_DENYLIST');
    expect(app.metrics.requests).toEqual([]);
  });
});

it('another misspelt variable has no effect but one warning that names the right one', async () => {
  const env = { README_BUFFER_LENGTH: '1', README_TIMEOUT: '5' };
  const app = await zeroCode.start('hello.cjs', { env });
  expect((await app.get('/')).body).toBe('ok');
  expect(await app.end()).toBe(143);
  expect(app.metrics.logs).toHaveLength(1);
  expect(app.stderr.split('ReadmeMetricsWarning')).toHaveLength(2);
  expect(app.stderr).toContain('README_TIMEOUT (did you mean README_TIMEOUT_MILLIS?)');
});
