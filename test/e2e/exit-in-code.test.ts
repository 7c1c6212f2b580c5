import { beforeAll, describe, expect, it } from 'vitest';
import { BUFFERED, endBy, exitApp } from '../support/exit-app';
import { entryOf } from '../support/observe';
import { NEVER_MILLIS, until } from '../support/patience';
import { FORMATS, type Format, helloApp, pathsOf, useZeroCode } from '../support/zero-code';

const zeroCode = useZeroCode('exit-in-code');

const SETUPS = {
  'a ReadmeInstrumentation': `new ReadmeInstrumentation();`,
  'a NodeSDK with ReadmeInstrumentation': `
    new NodeSDK({ instrumentations: [new ReadmeInstrumentation()], spanProcessors: [] }).start();`,
  'a NodeSDK with readmeHttpHooks and ReadmeSpanProcessor': `
    new NodeSDK({
      instrumentations: [new HttpInstrumentation(readmeHttpHooks())],
      spanProcessors: [new ReadmeSpanProcessor()],
    }).start();`,
} as const;
const PACKAGES = {
  'readme-metrics-opentelemetry': 'ReadmeInstrumentation, ReadmeSpanProcessor, readmeHttpHooks',
  '@opentelemetry/sdk-node': 'NodeSDK',
  '@opentelemetry/instrumentation-http': 'HttpInstrumentation',
};

function setUp(format: Format, code: string): string {
  const imports = Object.entries(PACKAGES).map(([name, of]) =>
    format === 'cjs' ? `const { ${of} } = require('${name}');` : `import { ${of} } from '${name}';`,
  );
  return [...imports, code].join('\n');
}

const names = Object.keys(SETUPS) as (keyof typeof SETUPS)[];
const fileOf = (name: string, format: Format) => `${names.indexOf(name as never)}.${format}`;

beforeAll(() => {
  for (const [name, code] of Object.entries(SETUPS)) {
    // CommonJS, so that HttpInstrumentation patches `http` before it is loaded.
    zeroCode.write(fileOf(name, 'cjs'), `${setUp('cjs', code)}\n${exitApp('cjs')}`);
  }
  const esm = setUp('mjs', '');
  zeroCode.write(
    fileOf(names[0] as string, 'mjs'),
    `${esm}\n${exitApp('mjs', SETUPS['a ReadmeInstrumentation'])}`,
  );
  for (const format of FORMATS) zeroCode.write(`hello.${format}`, helloApp(format));
  zeroCode.write('app.cjs', exitApp('cjs'));
  zeroCode.write('idle.cjs', helloApp('cjs', `setTimeout(() => server.close(), 300);`));
});

const flags: string[] = [];

describe('without the register', () => {
  it.each(
    names.flatMap((name) => (['exit3', 'natural'] as const).map((way) => [name, way] as const)),
  )('%s delivers the last logs: %s', async (name, way) => {
    const app = await zeroCode.start(fileOf(name, 'cjs'), { flags, env: { ...BUFFERED } });
    for (const path of ['/a', '/b']) await app.get(path);
    const code = await endBy(app, way);
    expect(code).toBe({ exit3: 3, natural: 0 }[way]);
    expect(pathsOf(app.metrics.logs)).toEqual(['/a', '/b', `/end/${way}`]);
    expect(app.stderr).not.toMatch(/ReadmeMetricsWarning/);
  });

  it('a ReadmeInstrumentation in an ES module delivers the last logs', async () => {
    const app = await zeroCode.start(fileOf(names[0] as string, 'mjs'), {
      flags,
      env: { ...BUFFERED },
    });
    await app.get('/a');
    expect(await endBy(app, 'exit0')).toBe(0);
    expect(pathsOf(app.metrics.logs)).toEqual(['/a', '/end/exit0']);
  });
});

it.each(['true', 'false'])(
  'the end is not held up when there is nothing to send, with README_BACKGROUND_WORKER_MODE=%s',
  async (worker) => {
    const env = {
      README_BACKGROUND_WORKER_MODE: worker,
      README_EXIT_TIMEOUT_MILLIS: String(NEVER_MILLIS),
    };
    const app = await zeroCode.start('idle.cjs', { env });
    expect(await app.exit).toBe(0);
    expect(app.stderr).toBe('');
  },
);

describe('README_DRY_RUN=true', () => {
  it.each([
    ['true', 'exit3', 3],
    ['false', 'exit3', 3],
    ['true', 'natural', 0],
    ['false', 'SIGTERM', 143],
  ] as const)(
    'prints one line a log, filtered, without an API key, until the end: worker %s, %s',
    async (worker, way, exitCode) => {
      const app = await zeroCode.start('app.cjs', {
        env: {
          ...BUFFERED,
          README_DRY_RUN: 'true',
          README_API_KEY: '',
          README_DENYLIST: 'token',
          README_BACKGROUND_WORKER_MODE: worker,
        },
      });
      await app.get('/a?token=secret-in-query', { authorization: 'Bearer secret-key' });
      await app.get('/big');
      const code = await endBy(app, way);
      expect(code).toBe(exitCode);
      expect(app.stderr).toBe('');
      const [listening, ...lines] = app.stdout.trimEnd().split('\n');
      expect(listening).toMatch(/^listening/);
      const logs = lines.map((line) => JSON.parse(line));
      expect(pathsOf(logs)).toEqual(['/a', '/big', ...(way === 'SIGTERM' ? [] : [`/end/${way}`])]);
      expect(app.stdout).not.toMatch(/secret-/);
      expect(app.stdout).toMatch(/REDACTED/);
      expect(app.metrics.requests).toEqual([]);
    },
  );
});

it.each(['true', 'false'])(
  'a response that is complete, and one that is not, are logged when the process ends at that moment, with README_BACKGROUND_WORKER_MODE=%s',
  async (worker) => {
    zeroCode.write(
      'at-once.cjs',
      `const { createServer } = require('node:http');
      const server = createServer((request, response) => {
        if (request.url === '/open') console.log('opened');
        else response.end('last', () => process.exit(3));
      });
      server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));`,
    );
    const app = await zeroCode.start('at-once.cjs', {
      env: { README_BACKGROUND_WORKER_MODE: worker },
    });
    const open = app.get('/open').catch(() => {});
    await until(() => app.stdout.includes('opened'));
    await app.get('/last').catch(() => {});
    expect(await app.exit).toBe(3);
    await open;
    const logs = Object.fromEntries(
      app.metrics.logs.map((log) => [new URL(entryOf(log).request.url).pathname, entryOf(log)]),
    );
    expect(logs['/last']?.response).toMatchObject({ status: 200, content: { text: 'last' } });
    expect(logs['/open']).toMatchObject({
      response: { status: 0 },
      comment: expect.stringContaining('aborted'),
    });
  },
);
