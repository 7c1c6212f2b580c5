import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { ReadmeOptionsError } from '../../src/index';
import { plainText } from '../../src/options/plain-text';
import { resolveOptions } from '../../src/options/resolve-options';
import { Warnings } from '../../src/options/warnings';
import { rounds } from '../support/patience';
import { collectWarnings } from '../support/warnings';

const HOSTILE = 'a\x1b]0;pwn\x07\x1b[2Jb\r\nc\u009bd\u2028e\u202ef\u200bg\ud800h\x7fi';

describe('every message goes through one gate', () => {
  const warnings = collectWarnings();
  afterEach(() => diag.disable());

  it('that leaves no control character, no second line, nothing invisible', () => {
    expect(plainText(HOSTILE)).toBe('a ]0;pwn [2Jb c d e f g h i');
    expect(plainText('été “x” 身份 👍')).toBe('été “x” 身份 👍');
  });

  it('and no user name and password of a URL, whatever its protocol and slashes', () => {
    for (const url of [
      'https://u:HUNTER2@h/p',
      'ftp://HUNTER2@h',
      '//:HUNTER2@h',
      'https:\\\\u:HUNTER2@h',
      'http://a@b:HUNTER2@h',
    ]) {
      expect(plainText(`got "${url}"`)).not.toContain('HUNTER2');
    }
    expect(plainText('see https://a.example/x and owl@example.com')).toBe(
      'see https://a.example/x and owl@example.com',
    );
  });

  it('and nothing endless', () => {
    expect(plainText('x'.repeat(1e6)).length).toBeLessThan(3000);
  });

  it('warnings, diag and option errors', async () => {
    const said: string[] = [];
    const say = (text: string) => said.push(text);
    diag.setLogger(
      { error: say, warn: say, info: say, debug: say, verbose: say },
      DiagLogLevel.ALL,
    );
    const reporter = new Warnings();
    reporter.warnOnce('README_TEST', HOSTILE);
    reporter.diagOnce('key', HOSTILE);
    reporter.debugOnce('debug', HOSTILE);
    reporter.debug(HOSTILE);
    said.push(new ReadmeOptionsError(HOSTILE).message);
    await rounds();
    said.push(...warnings.map(({ message }) => message));
    const ours = said.filter((text) => text.includes('pwn'));
    expect(ours).toHaveLength(5);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
    for (const text of ours) expect(text).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u202e\u200b]/);
  });
});

describe('an option error never holds what may be a secret', () => {
  const urls = [
    'https://user:HUNTER2@h',
    'https://:HUNTER2@h',
    'https://HUNTER2@h',
    'ftp://user:HUNTER2@h',
    'user:HUNTER2@h',
    'https:\\\\u:HUNTER2@h',
    'https://h/?token=HUNTER2',
    'https://h/#HUNTER2',
    'HUNTER2',
    'https://user:HUNTER2@h:port',
    'javascript:HUNTER2',
    'https://h\x1b[2J:HUNTER2',
    'https://user:HUNTER2@h/../',
  ];
  const options = ['metricsServer', 'dashServer', 'baseLogUrl'];
  const cases = options.flatMap((option) => urls.map((url) => [option, url] as const));
  it.each(cases)('%s %j', (option, url) => {
    const variable = `README_${option.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
    const attempts = [
      () => resolveOptions({ apiKey: 'key', [option]: url }, {}),
      () => resolveOptions({ apiKey: 'key' }, { [variable]: url }),
    ];
    for (const attempt of attempts) {
      expect(attempt).toThrow(ReadmeOptionsError);
      expect(attempt).not.toThrow(/HUNTER2/);
      expect(attempt).toThrow(/must be an http or https URL/);
    }
  });

  it.each([
    { proxy: 'socks5://user:HUNTER2@h' },
    { proxy: 'user:HUNTER2@h' },
    { proxy: 'http://user:HUNTER2@h/path' },
    { apiKey: 'HUNTER2 x' },
    { bufferLength: 'HUNTER2' },
    { timeoutMillis: 'https://u:HUNTER2@h' },
    { developmentMode: 'HUNTER2' },
    { denylist: 'HUNTER2' },
    { allowedHttpHosts: 'HUNTER2' },
    { trustProxy: 'HUNTER2' },
    { trustProxy: ['HUNTER2'] },
    { groupingFunction: { HUNTER2: 1 } },
    { spoolDirectory: 'HUNTER2\0' },
  ])('%j', (options) => {
    const attempt = () => resolveOptions({ apiKey: 'key', ...options } as object, {});
    expect(attempt).toThrow(ReadmeOptionsError);
    expect(attempt).not.toThrow(/HUNTER2/);
  });

  it.each([
    'README_PROXY',
    'README_BUFFER_LENGTH',
    'README_DRY_RUN',
    'README_TRUST_PROXY',
    'README_ALLOWED_HTTP_HOSTS',
    'HTTPS_PROXY',
  ])('%s', (variable) => {
    const text = 'u:HUNTER2@/h';
    const attempt = () =>
      resolveOptions({ apiKey: 'key' }, { NODE_USE_ENV_PROXY: '1', [variable]: text });
    expect(attempt).toThrow(ReadmeOptionsError);
    expect(attempt).not.toThrow(/HUNTER2/);
  });
});
