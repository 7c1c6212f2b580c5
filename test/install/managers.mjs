// The package managers, each as a user runs it, and how each says that a dependency is not as it should be.

import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CACHE, programFrom } from '../support/program-cache.mjs';
import { execute } from './execute.mjs';

const NAME = 'readme-metrics-opentelemetry';

/**
 * Lines of a manager that are about other things: scripts that other packages would like to run (protobufjs's
 * only prints advice), packages that their authors have deprecated, and settings of whoever runs this.
 */
const NPM_NOISE =
  /^npm warn (install-scripts|allow-scripts|deprecated|Unknown (user|env) config)\b/;
const YARN_NOISE = /YN00(00|04|13|19|61|85|92)\b/;

const npm = {
  files: {},
  spec: (tarball) => tarball,
  program: async ({ npm }) => [process.execPath, await programFrom(`npm@${npm}`, 'bin/npm-cli.js')],
  add: (specs) => ['install', '--no-audit', '--no-fund', '--no-update-notifier', ...specs],
  checks: [['ls', '--all']],
  isFault: (line) => /^npm (warn|error)|ERESOLVE|invalid:|UNMET/i.test(line),
  isNoise: (line) => NPM_NOISE.test(line) && !line.includes(NAME),
};

const pnpm = {
  // What its own global settings would say, and consent that protobufjs does not run its script.
  files: {
    'pnpm-workspace.yaml': `strictPeerDependencies: true
allowBuilds:
  protobufjs: false
storeDir: ${join(CACHE, 'pnpm-store')}
`,
  },
  spec: (tarball) => tarball,
  program: async () => [await programFrom('pnpm@12', 'pnpm')],
  add: (specs) => ['add', ...specs],
  checks: [
    ['peers', 'check'],
    ['list', '--depth', 'Infinity'],
  ],
  isFault: (line) => /\bWARN\b|ERR_PNPM|unmet|missing peer|✕/i.test(line),
  isNoise: () => false,
};

const yarn = (nodeLinker) => ({
  files: {
    '.yarnrc.yml': `nodeLinker: ${nodeLinker}
enableTelemetry: false
globalFolder: ${join(CACHE, 'yarn')}
`,
    // Without it, Yarn takes a project in a folder above for the one that is meant.
    'yarn.lock': '',
  },
  spec: (tarball) => `${NAME}@file:${tarball}`,
  program: async () => [process.execPath, await programFrom('@yarnpkg/cli-dist@4', 'bin/yarn.js')],
  add: (specs) => ['add', ...specs],
  checks: [['explain', 'peer-requirements']],
  isFault: (line) => /YN\d{4}|✘/.test(line),
  isNoise: (line) => YARN_NOISE.test(line),
});

export const MANAGERS = [
  { name: 'npm', ...npm },
  { name: 'npm --strict-peer-deps', ...npm, files: { '.npmrc': 'strict-peer-deps=true\n' } },
  { name: 'pnpm, strict peers', ...pnpm },
  { name: 'Yarn, node-modules', ...yarn('node-modules') },
  // `yarn node` loads .pnp.cjs, and its loader for ES modules.
  { name: 'Yarn, PnP', ...yarn('pnp'), runsNode: true },
];

/** An empty project in which `add` and `check` run the manager on a Node.js. Both resolve with faults. */
export async function projectOf(manager, node, folder) {
  mkdirSync(folder, { recursive: true });
  const files = { 'package.json': '{"name":"app","private":true}\n', ...manager.files };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const [first, ...args] = await manager.program(node);
  // A script of JavaScript runs on the Node.js of the cell; pnpm looks for `node` in PATH.
  const command = [first === process.execPath ? node.path : first, ...args];
  const env = await environmentFor(node);
  /** @returns what a command of the manager has complained about. */
  const judge = (name, { code, output }) => {
    const isComplaint = (line) => manager.isFault(line) && !manager.isNoise(line);
    const faults = output.split('\n').filter(isComplaint);
    if (code !== 0) faults.unshift(`exit code ${code}`);
    if (code !== 0 && faults.length === 1) faults.push(output.trim().slice(-2000));
    return faults.length === 0 ? [] : [`${name}: ${faults.join('\n    ')}`];
  };
  const run = async (args) =>
    judge(
      `${manager.name} ${args.join(' ')}`,
      await execute([...command, ...args], { cwd: folder, env }),
    );
  return {
    folder,
    env,
    command,
    judge,
    nodeCommand: manager.runsNode ? [...command, 'node'] : [node.path],
    add: (specs, tarball) =>
      run(manager.add(specs.map((spec) => (spec === NAME ? manager.spec(tarball) : spec)))),
    check: async () => (await Promise.all(manager.checks.map(run))).flat(),
  };
}

/** As in a terminal of the user, whatever has started this script. */
async function environmentFor(node) {
  // npm gives the settings of this repository to what it runs. What leads to the registry has to stay.
  const stays = /^(npm_config_(registry|cache|https?_?proxy|noproxy|cafile)|NODE_EXTRA_CA_CERTS)$/i;
  const own = Object.entries(process.env).filter(
    ([name]) => stays.test(name) || !/^(OTEL_|README_|NODE_|npm_|INIT_CWD)/i.test(name),
  );
  const env = Object.fromEntries(own);
  env.PATH = `${dirname(node.path)}:${env.PATH}`;
  // Yarn has settings of its own.
  env.YARN_NPM_REGISTRY_SERVER = await registry();
  return env;
}

let asked;
function registry() {
  asked ??= promisify(execFile)('npm', ['config', 'get', 'registry']).then(({ stdout }) =>
    stdout.trim().replace(/\/$/, ''),
  );
  return asked;
}
