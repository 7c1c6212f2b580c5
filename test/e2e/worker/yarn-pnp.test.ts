import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  type LocalMetricsServer,
  startLocalMetricsServer,
} from '../../../src/local/metrics-server';
import { buildTools } from '../../support/build-tools';
import { loggedApp, printed } from '../../support/logged-app';
import { INSTALL_TIMEOUT, packedProject } from '../../support/packed-project';
import { runToEnd } from '../../support/spawned-app';
import { FORMATS } from '../../support/zero-code';

// Yarn takes its time.
vi.setConfig({ testTimeout: INSTALL_TIMEOUT });

let metrics: LocalMetricsServer;
let folder: string;
let yarn: (...args: string[]) => ReturnType<typeof runToEnd>;

beforeAll(async () => {
  const tools = await buildTools();
  metrics = await startLocalMetricsServer();
  // Not in the folder of another project: Yarn looks for one above.
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'readme-pnp-')));
  const project = await packedProject();
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) as string;
  cpSync(join(project, tarball), join(folder, 'package.tgz'));
  const dependencies = {
    'readme-metrics-opentelemetry': 'file:./package.tgz',
    '@opentelemetry/api': '1.9.1',
  };
  write('package.json', JSON.stringify({ private: true, dependencies }));
  write('yarn.lock', '');
  write('.yarnrc.yml', 'nodeLinker: pnp\npnpEnableEsmLoader: true\nenableTelemetry: false\n');
  for (const format of FORMATS) write(`app.${format}`, loggedApp(format));
  const file = tools.resolve('@yarnpkg/cli-dist/bin/yarn.js');
  const registry = process.env.npm_config_registry;
  const env = {
    README_API_KEY: 'key-of-tests',
    README_METRICS_SERVER: metrics.url,
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    ...(registry !== undefined && { YARN_NPM_REGISTRY_SERVER: registry }),
  };
  yarn = (...args) => runToEnd([file, ...args], { cwd: folder, env });
  const installed = await yarn('install');
  if (installed.code !== 0) throw new Error(installed.stdout + installed.stderr);
}, INSTALL_TIMEOUT);
afterAll(async () => {
  await metrics.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, content: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, path), content);
}

it.each(FORMATS)(
  "with Yarn's Plug'n'Play the worker starts, and logs arrive: %s",
  async (format) => {
    const ran = await yarn('node', `app.${format}`);
    expect(ran.stderr).not.toMatch(/README_/);
    expect(printed(ran.stdout)).toEqual({ delivered: 1, dropped: {}, workers: 1 });
  },
);
