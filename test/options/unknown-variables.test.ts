import { describe, expect, it } from 'vitest';
import { ReadmeInstrumentation, ReadmeOptionsError, ReadmeSpanProcessor } from '../../src/index';
import { resolveOptions } from '../../src/options/resolve-options';
import { unknownVariables } from '../../src/options/unknown-variables';
import { rounds } from '../support/patience';
import { collectWarnings } from '../support/warnings';

const meantBy = (variable: string) => unknownVariables({ [variable]: 'x' })[0];

describe('a variable that begins with README_ and is not read', () => {
  const nearest: [string, string][] = [
    ['README_TIMEOUT', 'README_TIMEOUT_MILLIS'],
    ['README_APIKEY', 'README_API_KEY'],
    ['README_METRICS_API_KEY', 'README_API_KEY'],
    ['README_HTTP', 'README_ALLOWED_HTTP_HOSTS'],
    ['README_LIST', 'README_DENYLIST'],
    ['README_DRYRUN', 'README_DRY_RUN'],
    ['README_SERVER', 'README_DASH_SERVER'],
    ['README_METRIC_SERVER', 'README_METRICS_SERVER'],
    ['README_BUFER_LENGTH', 'README_BUFFER_LENGTH'],
    ['README_GROUPING_FUNTCION', 'README_GROUPING_FUNCTION'],
    ['README_PORXY', 'README_PROXY'],
    ['Readme_Api_Key', 'README_API_KEY'],
  ];
  it.each(nearest)('%s: the nearest is %s', (variable, meant) => {
    expect(meantBy(variable)).toMatchObject({ variable, meant, protecting: undefined });
  });

  it.each(['README_CHROMIUM', 'README_URL', 'README_X', 'README_TEMPLATE', 'README_PATH'])(
    '%s is not like any: perhaps it is of something else',
    (variable) => {
      expect(meantBy(variable)).toEqual({ variable, meant: undefined, protecting: undefined });
    },
  );

  it.each([
    'README',
    'READMEIO',
    'READMEIO_API_KEY',
    'READ_ME',
    'PATH',
    'readme',
    'MY_README_DENYLIST',
  ])('%s is not ours', (variable) => {
    expect(meantBy(variable)).toBeUndefined();
  });

  it('counts only with a value, and only when the environment itself has it', () => {
    expect(unknownVariables({ README_DENY_LIST: ' ' })).toEqual([]);
    expect(unknownVariables(Object.create({ README_DENY_LIST: 'a' }))).toEqual([]);
    expect(unknownVariables({ README_DENYLIST: 'a', README_PROXY: 'none' })).toEqual([]);
  });
});

describe('a list whose variable is misspelt', () => {
  const denylists = [
    'README_DENY_LIST',
    'README_DENYLYST',
    'README_DENYLISTS',
    'README_DENLIST',
    'README_DNEYLIST',
    'README_DENIED_NAMES',
    'README_DENY',
    'README_BLACKLIST',
    'README_BLOCK_LIST',
    'README_METRICS_DENYLIST',
    'readme_denylist',
    'Readme_DenyList',
    'README-DENYLIST',
    'README.DENYLIST',
    'READMEDENYLIST',
    'READ_ME_DENYLIST',
  ];
  const allowlists = [
    'README_ALLOW_LIST',
    'README_ALOWLIST',
    'README_ALLOWLSIT',
    'README_WHITELIST',
    'README_ALLOW',
    'README_ALLOWED',
    'README_ALLOWED_FIELDS',
  ];
  const hosts = ['README_ALLOWED_HTTP_HOST', 'README_ALLOWED_HOSTS', 'README_ALLOWEDHTTPHOSTS'];
  const all = [
    ...denylists.map((variable) => [variable, 'README_DENYLIST']),
    ...allowlists.map((variable) => [variable, 'README_ALLOWLIST']),
    ...hosts.map((variable) => [variable, 'README_ALLOWED_HTTP_HOSTS']),
  ] as [string, string][];

  it.each(all)('%s is an error that names it and %s', (variable, meant) => {
    const attempt = () => resolveOptions({ apiKey: 'key' }, { [variable]: 'secret_name' });
    expect(attempt).toThrow(ReadmeOptionsError);
    expect(attempt).toThrow(
      `${variable} is none of this package's variables, did you mean ${meant}?`,
    );
    expect(attempt).not.toThrow(/secret_name/);
  });

  it('is an error beside the right one as well: it may name what that does not', () => {
    const environment = { README_DENYLIST: 'a', README_DENY_LIST: 'b' };
    expect(() => resolveOptions({ apiKey: 'key' }, environment)).toThrow(/README_DENY_LIST/);
  });

  it('is none where code gives the list: the variable would have had no effect', () => {
    const environment = { README_DENY_LIST: 'a' };
    expect(resolveOptions({ apiKey: 'key', denylist: ['b'] }, environment).denylist).toEqual(['b']);
    const hostsInCode = { apiKey: 'key', allowedHttpHosts: ['a.example'] };
    expect(() => resolveOptions(hostsInCode, environment)).toThrow(/README_DENY_LIST/);
    expect(resolveOptions(hostsInCode, { README_ALLOWED_HOSTS: 'b' }).allowedHttpHosts).toEqual([
      'a.example',
    ]);
  });
});

describe('README_FILTER_SPANS, misspelt', () => {
  it.each([
    'README_FILTER_SPAN',
    'README_FILTERSPANS',
    'readme_filter_spans',
    'README_FILTER_ALL_SPANS',
    'README_SPAN_FILTER',
    'README_REDACT_SPANS',
  ])('%s is an error: spans would not be filtered', (variable) => {
    const attempt = () => resolveOptions({ apiKey: 'key' }, { [variable]: 'true' });
    expect(attempt).toThrow(ReadmeOptionsError);
    expect(attempt).toThrow(
      `${variable} is none of this package's variables, did you mean README_FILTER_SPANS?`,
    );
    const inCode = { apiKey: 'key', filterSpans: false };
    expect(resolveOptions(inCode, { [variable]: 'true' }).filterSpans).toBe(false);
  });
});

describe('at the start of a part', () => {
  const warnings = collectWarnings();

  it('unknown variables are named in one warning, with the nearest, whatever parts start then', async () => {
    process.env.README_TIMEOUT = '5';
    process.env.README_CHROMIUM_BUILD = '/usr/bin/secret';
    try {
      const options = { apiKey: 'key', dryRun: true };
      const first = new ReadmeInstrumentation(options);
      const second = new ReadmeSpanProcessor(options);
      await rounds();
      await Promise.all([first.shutdown(), second.shutdown()]);
    } finally {
      delete process.env.README_TIMEOUT;
      delete process.env.README_CHROMIUM_BUILD;
    }
    const named = warnings.filter(({ code }) => code === 'README_UNKNOWN_VARIABLE');
    expect(named).toHaveLength(1);
    expect(named[0]?.message).toContain('README_TIMEOUT (did you mean README_TIMEOUT_MILLIS?)');
    expect(named[0]?.message).toContain('README_CHROMIUM_BUILD');
    expect(named[0]?.message).not.toContain('/usr/bin/secret');
  });
});
