import { afterEach, describe, expect, it } from 'vitest';
import { resolveOptions } from '../../src/options/resolve-options';
import { compilePolicy } from '../../src/redaction/policy';

const prototype = Object.prototype as unknown as Record<string, unknown>;
const polluted = new Set<string>();

function pollute(name: string, value: unknown): void {
  Object.defineProperty(prototype, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: true,
  });
  polluted.add(name);
}

afterEach(() => {
  for (const name of polluted) delete prototype[name];
  polluted.clear();
});

const plain = (options: object) => JSON.stringify({ ...options });

describe('what stands on Object.prototype changes no option', () => {
  const names = Object.keys(resolveOptions({ apiKey: 'key' }, {})).filter(
    (name) => name !== 'apiKey',
  );
  const values: Record<string, unknown> = {
    groupingFunction: () => ({ apiKey: 'x' }),
    denylist: ['zz'],
    allowlist: ['zz'],
    allowedHttpHosts: ['evil.example'],
    backgroundWorkerMode: false,
    developmentMode: true,
    logBinaryBodies: true,
    filterSpans: true,
    dryRun: true,
    trustProxy: true,
    spoolDirectory: '/tmp/evil',
    baseLogUrl: 'http://evil.example',
    metricsServer: 'http://evil.example',
    dashServer: 'http://evil.example',
    proxy: 'http://evil.example:3128',
  };
  it.each(names)('%s', (name) => {
    const given = { apiKey: 'key', ...(name !== 'allowlist' && { allowlist: ['a'] }) };
    const clean = resolveOptions(given, {});
    pollute(name, name in values ? values[name] : 7);
    const resolved = resolveOptions(given, {});
    expect(resolved[name as keyof typeof resolved]).toBe(
      clean[name as keyof typeof clean] as unknown,
    );
    expect(plain(resolved)).toBe(plain(clean));
  });

  it('apiKey', () => {
    pollute('apiKey', 'evil');
    expect(() => resolveOptions({}, {})).toThrow(/apiKey is missing/);
  });

  it('variables', () => {
    pollute('README_METRICS_SERVER', 'http://evil.example');
    pollute('README_DENYLIST', 'zz');
    pollute('HTTPS_PROXY', 'http://evil.example:3128');
    pollute('NODE_USE_ENV_PROXY', '1');
    pollute('README_API_KEY', 'evil');
    expect(resolveOptions({ apiKey: 'key' })).toMatchObject({
      metricsServer: 'https://metrics.readme.io',
      denylist: undefined,
      proxy: undefined,
    });
    expect(() => resolveOptions({})).toThrow(/apiKey is missing/);
  });

  it('setters, which would take a value away', () => {
    let taken = false;
    Object.defineProperty(prototype, 'denylist', { set: () => (taken = true), configurable: true });
    polluted.add('denylist');
    expect(resolveOptions({ apiKey: 'key' }, { README_DENYLIST: 'a' }).denylist).toEqual(['a']);
    expect(taken).toBe(false);
  });

  it('the lists of a policy', () => {
    pollute('denylist', ['zz']);
    expect(compilePolicy({ allowlist: ['a'] }).mode).toBe('allow');
    expect(compilePolicy({}).mode).toBe('none');
  });
});
