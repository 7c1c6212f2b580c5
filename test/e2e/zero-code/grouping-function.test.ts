import { beforeAll, describe, expect, it } from 'vitest';
import type { ReceivedLog } from '../../../src/local/metrics-server';
import { POLL } from '../../support/patience';
import { FORMATS, helloApp, LISTEN, REGISTER, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('grouping-function');

const CALLER = `(request) => ({ apiKey: request.headers['x-customer'], label: 'customer' })`;

beforeAll(() => {
  for (const format of FORMATS) zeroCode.write(`hello.${format}`, helloApp(format));
  const manifest = (content: object) => JSON.stringify({ version: '1.0.0', ...content });
  zeroCode.write('grouping.js', `exports.caller = ${CALLER};`);
  zeroCode.write('whole.cjs', `module.exports = ${CALLER};`);
  zeroCode.write('computed.cjs', `module.exports = Object.fromEntries([['caller', ${CALLER}]]);`);
  zeroCode.write('grouping.mjs', `export const caller = ${CALLER};\nexport default caller;`);
  zeroCode.write(
    'slow.mjs',
    `await new Promise((go) => setTimeout(go, 300));
    export const caller = async ${CALLER};`,
  );
  zeroCode.write('module/package.json', manifest({ type: 'module' }));
  zeroCode.write('module/grouping.js', `export const caller = ${CALLER};`);
  const packages = {
    'grouping-cjs': { main: './index.js' },
    'grouping-esm': { type: 'module', exports: { '.': './index.js' } },
    '@scope/grouping': { type: 'module', exports: { './sub': './index.js' } },
  };
  for (const [name, content] of Object.entries(packages)) {
    zeroCode.write(`node_modules/${name}/package.json`, manifest({ name, ...content }));
    const isModule = 'type' in content;
    const code = isModule ? `export const caller = ${CALLER};` : `exports.caller = ${CALLER};`;
    zeroCode.write(`node_modules/${name}/index.js`, code);
  }
});

function callersOf(logs: readonly ReceivedLog[]): unknown[] {
  return logs.map(({ group }) => [group.label, group.id.slice(-4)]);
}

describe.concurrent('the caller is who a function of yours says', () => {
  it.each([
    ['a file', './grouping.js#caller', 'cjs'],
    ['a file without its extension', './grouping#caller', 'mjs'],
    ['the whole module', './whole.cjs', 'mjs'],
    ['exports that Node cannot see ahead', './computed.cjs#caller', 'mjs'],
    ['an ES module', './grouping.mjs#caller', 'mjs'],
    ['the default export', './grouping.mjs', 'cjs'],
    ['the default export by its name', './grouping.mjs#default', 'cjs'],
    ['an ES module by its package.json', './module/grouping.js#caller', 'cjs'],
    ['an async function of a module that is slow to load', './slow.mjs#caller', 'cjs'],
    ['a package', 'grouping-cjs#caller', 'mjs'],
    ['a package of ES modules', 'grouping-esm#caller', 'cjs'],
    ['a part of a package with a scope', '@scope/grouping/sub#caller', 'cjs'],
  ])(
    '%s: README_GROUPING_FUNCTION=%s, of an app.%s',
    async (_what, README_GROUPING_FUNCTION, format) => {
      const app = await zeroCode.start(`hello.${format}`, { env: { README_GROUPING_FUNCTION } });
      await app.get('/', { 'x-customer': 'owl-0017' });
      await app.get('/', { 'x-customer': 'owl-0018' });
      expect(await app.end()).toBe(143);
      expect(app.stderr).toBe('');
      expect(callersOf(app.metrics.logs)).toEqual([
        ['customer', '0017'],
        ['customer', '0018'],
      ]);
    },
  );

  it('found from where the process was started, wherever it has gone since', async () => {
    zeroCode.write('moving.cjs', `process.chdir('/');\n${helloApp('cjs')}`);
    const env = { README_GROUPING_FUNCTION: './grouping.js#caller' };
    const app = await zeroCode.start('moving.cjs', { env });
    await app.get('/', { 'x-customer': 'owl-0017' });
    expect(await app.end()).toBe(143);
    expect(app.stderr).toBe('');
    expect(callersOf(app.metrics.logs)).toEqual([['customer', '0017']]);
  });

  it('by default the key in the request', async () => {
    const app = await zeroCode.start('hello.cjs');
    await app.get('/', { authorization: 'Bearer key-of-owl-0017' });
    await app.get('/', { 'x-api-key': 'key-of-owl-0018' });
    await app.get('/');
    expect(await app.end()).toBe(143);
    const endings = app.metrics.logs.map(({ group }) => group.id.slice(-4));
    expect(endings.slice(0, 2)).toEqual(['0017', '0018']);
    expect(app.metrics.logs[2]?.group.label).toBe('Anonymous');
  });

  it('from a handler: `setReadmeGroup` of the same package', async () => {
    zeroCode.write(
      'in-code.cjs',
      `const { setReadmeGroup } = require('readme-metrics-opentelemetry');
      const server = require('http').createServer((request, response) => {
        setReadmeGroup({ apiKey: 'owl-0017', label: 'from code' });
        response.end('ok');
      });${LISTEN}`,
    );
    const app = await zeroCode.start('in-code.cjs', { flags: ['--import', REGISTER] });
    await app.get('/');
    expect(await app.end()).toBe(143);
    expect(callersOf(app.metrics.logs)).toEqual([['from code', '0017']]);
  });
});

describe.concurrent('a module that cannot be used is told once, and nothing is logged', () => {
  it.each([
    ['has no such function', './grouping.js#nobody', ''],
    ['has something else of the name', './number.cjs#caller', 'exports.caller = 7;'],
    ['throws', './throws.cjs#caller', `throw new Error('on purpose');`],
    ['is no JavaScript', './broken.mjs#caller', 'export const ='],
  ])('%s: %s', async (_what, README_GROUPING_FUNCTION, code) => {
    if (code !== '') zeroCode.write(README_GROUPING_FUNCTION.split('#')[0] as string, code);
    const app = await zeroCode.start('hello.cjs', { env: { README_GROUPING_FUNCTION } });
    for (const path of ['/1', '/2', '/3']) expect((await app.get(path)).body).toBe('ok');
    await expect.poll(() => app.stderr, POLL).toContain('ReadmeMetricsWarning');
    expect(await app.end()).toBe(143);
    expect(app.stderr.match(/ReadmeMetricsWarning/g)).toHaveLength(1);
    expect(app.stderr).toContain('README_GROUPING_FUNCTION');
    expect(app.metrics.requests).toEqual([]);
  });
});
