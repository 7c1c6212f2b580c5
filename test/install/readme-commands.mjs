// The README's install commands as they stand there, in their order and turned round, and then its code
// blocks with what was installed.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { execute } from './execute.mjs';
import { MANAGERS, projectOf } from './managers.mjs';
import { happensOn, SINCE_22_15 } from './situations.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const NPM = MANAGERS[0];

/** Two cells a Node.js: with the blocks for SDK 3, or where that does not run, for SDK 2. */
export function readmeCommands(nodes, tarball) {
  return nodes.flatMap((node) => {
    const sdk = happensOn({ needsNode: SINCE_22_15 }, node) ? '3' : '2';
    const [first, second] = commandsOf(`install: SDK ${sdk}`);
    const more = commandsOf(`install more: SDK ${sdk}`);
    const cell = (order, commands, then) => ({
      name: `Node ${node.version.slice(1)}, README's commands for SDK ${sdk} ${order}`,
      run: async (place) => {
        const faults = await runCommands(node, commands, place, tarball);
        return faults.length > 0 || then === undefined ? faults : await then(node, sdk, place);
      },
    });
    return [
      cell('and its code blocks', [first, second, ...more], runBlocks),
      cell('turned round', [second, first, ...more]),
    ];
  });
}

/** The commands of the block after `<!-- name -->`. */
function commandsOf(name) {
  const block = README.split(`<!-- ${name} -->\n\`\`\`sh\n`)[1]?.split('```')[0];
  if (block === undefined) throw new Error(`README.md has no block of commands "${name}"`);
  return block
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

async function runCommands(node, commands, place, tarball) {
  const project = await projectOf(NPM, node, place);
  // `npm` is that of the line, on its Node.js.
  const bin = join(place, '.bin');
  mkdirSync(bin);
  const [nodePath, npmPath] = project.command;
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\nexec "${nodePath}" "${npmPath}" "$@"\n`);
  chmodSync(join(bin, 'npm'), 0o755);
  const env = { ...project.env, PATH: `${bin}${delimiter}${project.env.PATH}` };

  for (const command of commands) {
    const packed = command.replace(/(?<= )readme-metrics-opentelemetry(?= |$)/, tarball);
    const faults = await project.judge(
      command,
      await execute(['sh', '-c', packed], { cwd: place, env }),
    );
    if (faults.length > 0) return faults;
  }
  return await project.check();
}

/** By Vitest, on the Node.js that runs this; the applications run on that of the cell. */
async function runBlocks(node, sdk, place) {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const own = Object.entries(process.env).filter(([name]) => !/^(OTEL_|README_)/.test(name));
  const env = {
    ...Object.fromEntries(own),
    SDK_PROJECT: place,
    SDK_MAJOR: sdk,
    SDK_NODE: node.path,
    NO_COLOR: '1',
  };
  const args = [vitest, 'run', 'test/e2e/readme-blocks.test.ts'];
  const { code, output } = await execute([process.execPath, ...args], { cwd: ROOT, env });
  return code === 0 ? [] : [output.slice(-6000)];
}
