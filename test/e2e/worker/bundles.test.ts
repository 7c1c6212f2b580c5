import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type LocalMetricsServer,
  startLocalMetricsServer,
} from '../../../src/local/metrics-server';
import { buildTools } from '../../support/build-tools';
import { loggedApp, printed } from '../../support/logged-app';
import { INSTALL_TIMEOUT } from '../../support/packed-project';
import { runToEnd } from '../../support/spawned-app';
import { FORMATS, type Format, useZeroCode } from '../../support/zero-code';

type Entries = Record<string, string>;
type Bundle = (entries: Entries, format: Format, outdir: string) => Promise<unknown>;

// Bundling takes its time.
vi.setConfig({ testTimeout: INSTALL_TIMEOUT });

const zeroCode = useZeroCode('bundles');
const WORKER = { 'readme-metrics-worker': 'readme-metrics-opentelemetry/worker' };
/** What esbuild's documentation has for CommonJS packages in an ES module. */
const BANNER =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

let tools: NodeJS.Require;
let metrics: LocalMetricsServer;
/** Outside of the project: what runs there finds no package. */
let elsewhere: string;

beforeAll(async () => {
  tools = await buildTools();
  metrics = await startLocalMetricsServer();
  elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'readme-bundles-')));
  for (const format of FORMATS) zeroCode.write(`app.${format}`, loggedApp(format));
  // The application has a file of the worker's name, which is not to be run.
  zeroCode.write('worker.js', `console.error('the worker of the application');`);
}, INSTALL_TIMEOUT);
afterAll(async () => {
  await metrics.close();
  rmSync(elsewhere, { recursive: true, force: true });
});

function run(file: string, cwd: string) {
  const env = { README_API_KEY: 'key-of-tests', README_METRICS_SERVER: metrics.url };
  return runToEnd([file], { cwd, env });
}

async function built(name: string, bundle: Bundle, format: Format, more: Entries = {}) {
  const made = join(zeroCode.folder, 'out', name);
  const entries = { app: join(zeroCode.folder, `app.${format}`), ...more };
  await bundle(entries, format, made);
  const folder = join(elsewhere, name);
  cpSync(made, folder, { recursive: true });
  cpSync(join(zeroCode.folder, 'worker.js'), join(folder, 'worker.js'));
  return { made, folder };
}

const esbuild =
  (banner: string): Bundle =>
  (entryPoints, format, outdir) =>
    tools('esbuild').build({
      absWorkingDir: zeroCode.folder,
      entryPoints,
      outdir,
      bundle: true,
      platform: 'node',
      format: format === 'cjs' ? 'cjs' : 'esm',
      outExtension: { '.js': `.${format}` },
      banner: { js: banner },
      logLevel: 'error',
    });

const webpack =
  (mode: string): Bundle =>
  async (entry, format, path) => {
    const modules = format === 'mjs' && {
      experiments: { outputModule: true },
      output: { path, filename: '[name].mjs', module: true, chunkFormat: 'module' },
    };
    const compiled = await promisify(tools('webpack'))({
      mode,
      context: zeroCode.folder,
      target: 'node20',
      // It takes a minute, and is not what is tested.
      optimization: { minimize: false },
      entry,
      output: { path, filename: '[name].cjs' },
      ...modules,
    });
    expect(compiled.compilation.errors).toEqual([]);
  };

const BUNDLERS: [string, Format, Bundle][] = [
  ['esbuild', 'cjs', esbuild('')],
  ['esbuild', 'mjs', esbuild('')],
  ['esbuild with a banner', 'mjs', esbuild(BANNER)],
  ['webpack', 'cjs', webpack('none')],
  ['webpack', 'mjs', webpack('none')],
  ['webpack for production', 'cjs', webpack('production')],
  ['webpack for production', 'mjs', webpack('production')],
];

describe.each(BUNDLERS)('a bundle of %s, %s', (bundler, format, bundle) => {
  const name = `${bundler} ${format}`.replaceAll(' ', '-');

  it('starts the worker from an entry readme-metrics-worker beside it', async () => {
    const { folder } = await built(`${name}-worker`, bundle, format, WORKER);
    const ran = await run(`app.${format}`, folder);
    expect(ran.stderr).toBe('');
    expect(printed(ran.stdout)).toEqual({ delivered: 1, dropped: {}, workers: 1 });
  });

  it('starts the worker of the installed package where it finds one, and says why not elsewhere', async () => {
    const { made, folder } = await built(name, bundle, format);
    const beside = await run(`app.${format}`, made);
    expect(beside.stderr).toBe('');
    expect(printed(beside.stdout)).toEqual({ delivered: 1, dropped: {}, workers: 1 });
    const alone = await run(`app.${format}`, folder);
    expect(alone.stderr).toMatch(/README_WORKER_UNAVAILABLE.*bundle.*readme-metrics-worker/);
    expect(printed(alone.stdout)).toEqual({ delivered: 1, dropped: {}, workers: 0 });
  });
});

it('a bundle with a worker of another version says so, and logs without it', async () => {
  const { folder } = await built('other-version', esbuild(''), 'cjs', WORKER);
  zeroCode.write(
    'other.js',
    `throw Object.assign(new Error(), { code: 'ERR_README_WORKER_VERSION' });`,
  );
  cpSync(join(zeroCode.folder, 'other.js'), join(folder, 'readme-metrics-worker.cjs'));
  const ran = await run('app.cjs', folder);
  expect(ran.stderr).toMatch(/README_WORKER_UNAVAILABLE.*another version/);
  expect(printed(ran.stdout)).toMatchObject({ delivered: 1, dropped: {} });
});

it.each(FORMATS)(
  'what @vercel/nft traces of an application is enough for the worker: %s',
  async (format) => {
    const project = join(zeroCode.folder, '..');
    const { fileList } = await tools('@vercel/nft').nodeFileTrace(
      [join(zeroCode.folder, `app.${format}`)],
      { base: project },
    );
    const folder = join(elsewhere, `traced-${format}`);
    for (const file of fileList) cpSync(join(project, file), join(folder, file));
    const ran = await run(join('bundles', `app.${format}`), folder);
    expect(ran.stderr).toBe('');
    expect(printed(ran.stdout)).toEqual({ delivered: 1, dropped: {}, workers: 1 });
  },
);
