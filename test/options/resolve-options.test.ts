import { describe, expect, it } from 'vitest';
import { groupByApiKey, type ReadmeOptions, ReadmeOptionsError } from '../../src/index';
import { resolveOptions } from '../../src/options/resolve-options';

const KEY = 'rdme_secret_key';

describe('options', () => {
  it('have the documented defaults', () => {
    expect(resolveOptions({ apiKey: KEY }, {})).toEqual({
      apiKey: KEY,
      groupingFunction: groupByApiKey,
      bufferLength: 10,
      backgroundWorkerMode: true,
      developmentMode: false,
      denylist: undefined,
      allowlist: undefined,
      allowedHttpHosts: undefined,
      timeoutMillis: 3000,
      retryTimeoutMillis: 120_000,
      exitTimeoutMillis: 1000,
      spoolDirectory: undefined,
      spoolMaxBytes: 67_108_864,
      spoolMaxAgeMillis: 86_400_000,
      dryRun: false,
      baseLogUrl: undefined,
      trustProxy: false,
      maxBodyBytes: 1_048_576,
      logBinaryBodies: false,
      filterSpans: false,
      maxBufferedBytes: 67_108_864,
      flushIntervalMillis: 2000,
      metricsServer: 'https://metrics.readme.io',
      dashServer: 'https://dash.readme.com',
    });
  });

  it('come from code before the environment, and from the environment before the defaults', () => {
    const environment = {
      README_API_KEY: 'from-environment',
      README_BUFFER_LENGTH: '20',
      README_DENYLIST: 'password, card',
      README_ALLOWED_HTTP_HOSTS: '["API.example.com"]',
      README_TRUST_PROXY: '2',
      README_DEVELOPMENT_MODE: 'true',
      README_METRICS_SERVER: 'http://127.0.0.1:9/',
      README_FLUSH_INTERVAL_MILLIS: '',
    };
    expect(resolveOptions({ bufferLength: 5 }, environment)).toMatchObject({
      apiKey: 'from-environment',
      bufferLength: 5,
      denylist: ['password', 'card'],
      allowedHttpHosts: ['api.example.com'],
      trustProxy: 2,
      developmentMode: true,
      metricsServer: 'http://127.0.0.1:9',
      flushIntervalMillis: 2000,
    });
  });

  const mistakes: [unknown, RegExp][] = [
    [{}, /apiKey is missing.*README_API_KEY/],
    [{ apiKey: 'with space' }, /apiKey must be/],
    [{ apiKey: 12 }, /apiKey must be .* got a value of type number/],
    [null, /options must be an object, got null/],
    [{ apiKey: KEY, denyList: ['a'] }, /unknown option "denyList": did you mean denylist\?/],
    [{ apiKey: KEY, blacklist: ['a'] }, /unknown option "blacklist": did you mean denylist\?/],
    [{ apiKey: KEY, whitelist: ['a'] }, /unknown option "whitelist": did you mean allowlist\?/],
    [{ apiKey: KEY, filterSpan: true }, /unknown option "filterSpan": did you mean filterSpans\?/],
    [{ apiKey: KEY, colour: 1 }, /unknown option "colour": known are apiKey/],
    [{ apiKey: KEY, bufferLength: 31 }, /bufferLength must be a whole number from 1 to 30, got 31/],
    [{ apiKey: KEY, bufferLength: '10' }, /bufferLength .* got "10"/],
    [{ apiKey: KEY, timeoutMillis: 0 }, /timeoutMillis/],
    [{ apiKey: KEY, maxBodyBytes: -1 }, /maxBodyBytes/],
    [
      { apiKey: KEY, maxBufferedBytes: 1.5 },
      /maxBufferedBytes must be a whole number of at least 0/,
    ],
    [{ apiKey: KEY, developmentMode: 'yes' }, /developmentMode must be true or false/],
    [{ apiKey: KEY, denylist: 'password' }, /denylist must be an array/],
    [
      { apiKey: KEY, denylist: ['a', '@credential'] },
      /^denylist\[1\] begins with @ .*"@credentials"/,
    ],
    [
      { apiKey: KEY, allowlist: ['@credentials'] },
      /^allowlist\[0\] begins with @ .*for denylist only/,
    ],
    [{ apiKey: KEY, denylist: ['ok', 1] }, /denylist\[1\] must be a non-empty string or a RegExp/],
    [{ apiKey: KEY, allowlist: [''] }, /allowlist\[0\]/],
    [{ apiKey: KEY, allowedHttpHosts: 'a' }, /allowedHttpHosts must be an array/],
    [{ apiKey: KEY, groupingFunction: 1 }, /groupingFunction must be a function/],
    [
      { apiKey: KEY, baseLogUrl: 'docs' },
      /baseLogUrl must be an http or https URL .* or "auto", got a text that is no URL/,
    ],
    [{ apiKey: KEY, metricsServer: 'ftp://a' }, /metricsServer must be an http/],
    [{ apiKey: KEY, trustProxy: 'nonsense' }, /trustProxy must be/],
    [{ apiKey: KEY, trustProxy: -1 }, /trustProxy must be/],
  ];
  it.each(mistakes)('%j is refused with what was wrong and what to do', (options, message) => {
    const resolve = () => resolveOptions(options as ReadmeOptions, {});
    expect(resolve).toThrow(ReadmeOptionsError);
    expect(resolve).toThrow(message);
  });

  const variables: [NodeJS.ProcessEnv, RegExp][] = [
    [{ README_BUFFER_LENGTH: 'ten' }, /README_BUFFER_LENGTH must be a whole number/],
    [{ README_DENYLIST: '["a"' }, /README_DENYLIST must be names separated by commas/],
    [{ README_DENYLIST: '[1]' }, /README_DENYLIST/],
    [
      { README_BUFFER_LENGTH: '50' },
      /README_BUFFER_LENGTH \(option bufferLength\) must be a whole number from 1 to 30, got 50/,
    ],
    [{ README_DEVELOPMENT_MODE: 'maybe' }, /README_DEVELOPMENT_MODE must be true or false/],
  ];
  it.each(variables)('a variable that cannot be read is named: %j', (environment, message) => {
    expect(() => resolveOptions({ apiKey: KEY }, environment)).toThrow(message);
  });

  it('never show the key in an error', () => {
    expect(() => resolveOptions({ apiKey: 'secret key' }, {})).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret key') }),
    );
  });
});
