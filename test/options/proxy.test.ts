import { describe, expect, it } from 'vitest';
import { proxyFor, proxySettings, shownProxy } from '../../src/options/proxy';
import { resolveOptions } from '../../src/options/resolve-options';

const SERVER = 'https://metrics.readme.io';

/** Origin of the proxy for a server. */
function via(value: unknown, environment: NodeJS.ProcessEnv, server = SERVER): string | undefined {
  return proxyFor(proxySettings(value, environment, [server]), server)?.origin;
}

describe('the proxy for a server', () => {
  const environment = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:2' };

  it.each<[string, unknown, NodeJS.ProcessEnv, string | undefined]>([
    ['by default none', undefined, environment, undefined],
    [
      'where Node is told to',
      undefined,
      { ...environment, NODE_USE_ENV_PROXY: '1' },
      'http://secure:1',
    ],
    ['of the environment', 'environment', environment, 'http://secure:1'],
    [
      'lower case first',
      'environment',
      { ...environment, https_proxy: 'http://low:3' },
      'http://low:3',
    ],
    [
      'HTTP_PROXY where there is no other',
      'environment',
      { HTTP_PROXY: 'http://plain:2' },
      'http://plain:2',
    ],
    ['of an environment that has none', 'environment', { HTTPS_PROXY: ' ' }, undefined],
    ['of the option', 'http://own:4', { ...environment, NODE_USE_ENV_PROXY: '1' }, 'http://own:4'],
    ['without a scheme', 'own:4', {}, 'http://own:4'],
    ['by TLS', 'https://own', {}, 'https://own'],
    [
      'none, though Node is told to',
      'none',
      { ...environment, NODE_USE_ENV_PROXY: '1' },
      undefined,
    ],
  ])('%s', (_what, value, variables, expected) => {
    expect(via(value, variables)).toBe(expected);
  });

  it('is HTTP_PROXY for http://', () => {
    expect(via('environment', environment, 'http://metrics.test')).toBe('http://plain:2');
    expect(via('environment', { HTTPS_PROXY: 'http://secure:1' }, 'http://metrics.test')).toBe(
      undefined,
    );
  });

  it.each([
    ['metrics.readme.io', true],
    ['README.io', true],
    ['.readme.io', true],
    ['*.readme.io', true],
    ['metrics.readme.io:443', true],
    ['example.com, readme.io', true],
    ['example.com readme.io', true],
    ['*', true],
    ['metrics.readme.io:8443', false],
    ['etrics.readme.io', false],
    ['me.io', false],
    ['', false],
  ])('is none with NO_PROXY=%s: %s', (NO_PROXY, isDirect) => {
    expect(via('http://own:4', { NO_PROXY })).toBe(isDirect ? undefined : 'http://own:4');
    expect(via('http://own:4', { no_proxy: NO_PROXY })).toBe(isDirect ? undefined : 'http://own:4');
  });

  it('of an address is none with NO_PROXY of the address', () => {
    expect(via('http://own:4', { NO_PROXY: '127.0.0.1' }, 'http://127.0.0.1:8080')).toBe(undefined);
    expect(via('http://own:4', { NO_PROXY: '::1' }, 'http://[::1]:8080')).toBe(undefined);
    expect(via('http://own:4', { NO_PROXY: '[::1]:8080' }, 'http://[::1]:8080')).toBe(undefined);
  });

  it('gets the credentials of its URL, decoded', () => {
    const settings = proxySettings('http://us%40er:p%3Ass@own:4', {}, [SERVER]);
    const { authorization } = proxyFor(settings, SERVER) ?? {};
    expect(Buffer.from(authorization?.slice(6) ?? '', 'base64').toString()).toBe('us@er:p:ss');
    expect(shownProxy(settings as NonNullable<typeof settings>)).toBe(
      'http://own:4 for https://, http://own:4 for http://',
    );
  });
});

describe('a proxy that cannot be used', () => {
  it.each([
    'nonsense',
    'socks5://user:secret@own:1',
    'http://user:secret@',
    'http://user:secret@own/path',
    7,
  ])('is an error that does not show it: %s', (proxy) => {
    const options = { apiKey: 'key', proxy } as { apiKey: string; proxy: string };
    expect(() => resolveOptions(options, {})).toThrow(/^proxy must be the URL/);
    expect(() => resolveOptions(options, {})).not.toThrow(/secret/);
  });

  it('is named by its variable', () => {
    const HTTPS_PROXY = 'socks5://user:secret@own:1';
    const options = { apiKey: 'key', proxy: 'environment' };
    expect(() => resolveOptions(options, { HTTPS_PROXY })).toThrow(/^HTTPS_PROXY must be/);
    expect(() => resolveOptions(options, { HTTPS_PROXY })).not.toThrow(/secret/);
    expect(() => resolveOptions({ apiKey: 'key' }, { README_PROXY: HTTPS_PROXY })).toThrow(
      /^README_PROXY \(option proxy\) must be/,
    );
  });

  it('is none when no server is asked through it', () => {
    const environment = { HTTP_PROXY: 'socks5://own:1', HTTPS_PROXY: 'http://own:2' };
    const options = { apiKey: 'key', proxy: 'environment' };
    expect(resolveOptions(options, environment).proxy).toMatchObject({
      https: 'http://own:2/',
      http: undefined,
    });
  });
});
