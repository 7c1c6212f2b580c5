import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nodeFor } from './node-line.mjs';
import { onceARun } from './once-a-run';
import { npmIn, packInto } from './packed-project';

const ROOT = resolve(import.meta.dirname, '../..');

/** An application's OpenTelemetry, and a Node.js on which it runs. */
export interface SdkEnvironment {
  readonly name: string;
  readonly sdk: '2' | '3';
  /** The program. */
  readonly node: string;
  /** Gives a project that has none yet its `node_modules`, with this package among them. */
  linkModules(project: string): void;
}

/** SDK 2, which is among the development dependencies, on the Node.js that runs the tests. */
const SDK_2: SdkEnvironment = {
  name: `SDK 2 on Node.js ${process.version}`,
  sdk: '2',
  node: process.execPath,
  linkModules(project) {
    mkdirSync(join(project, 'node_modules'), { recursive: true });
    const link = (name: string, target: string) =>
      symlinkSync(target, join(project, 'node_modules', name), 'junction');
    link('readme-metrics-opentelemetry', ROOT);
    for (const name of ['@opentelemetry', '@types', 'express']) {
      link(name, join(ROOT, 'node_modules', name));
    }
  },
};

/** SDK 3, which needs Node.js 22.15: in a fixture with a lock file of its own, on the Node.js of the project. */
async function sdk3(): Promise<SdkEnvironment> {
  const { path, version } = await nodeFor('24');
  const fixture = await onceARun('sdk-3', async (folder) => {
    cpSync(join(ROOT, 'test/fixtures/sdk-3'), folder, { recursive: true });
    await npmIn(folder, 'ci');
    await npmIn(folder, 'install', '--no-save', await packInto(folder));
  });
  return projectEnvironment(fixture, '3', path, `SDK 3 on Node.js ${version}`);
}

/** What is installed in a project. */
function projectEnvironment(
  folder: string,
  sdk: '2' | '3',
  node: string,
  name = `SDK ${sdk} in ${folder}`,
): SdkEnvironment {
  const modules = join(folder, 'node_modules');
  const linkModules = (project: string) =>
    symlinkSync(modules, join(project, 'node_modules'), 'junction');
  return { name, sdk, node, linkModules };
}

/**
 * Both SDKs, or the one installed project that `npm run test:install` names. `missing` says why there is
 * no SDK 3, without a registry for instance. In CI that is an error.
 */
export async function sdkEnvironments(): Promise<{
  environments: SdkEnvironment[];
  missing?: string;
}> {
  const { SDK_PROJECT, SDK_MAJOR, SDK_NODE } = process.env;
  if (SDK_PROJECT !== undefined) {
    const sdk = SDK_MAJOR === '2' ? '2' : '3';
    return { environments: [projectEnvironment(SDK_PROJECT, sdk, SDK_NODE ?? process.execPath)] };
  }
  try {
    return { environments: [SDK_2, await sdk3()] };
  } catch (error) {
    if (process.env.CI) throw error;
    return { environments: [SDK_2], missing: String(error) };
  }
}
