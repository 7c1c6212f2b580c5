// Proves that the packed package installs without a complaint, with every package manager, before and after
// either SDK of OpenTelemetry, on every line of Node.js, and that it logs from its worker thread then.
//
//   npm run test:install                              all of it
//   npm run test:install -- --node 20.18.1 --node 24  only these lines of Node.js
//   npm run test:install -- --quick                   what a change has to pass: Node.js 20.18.1 and 24,
//                                                     the combinations that can differ
//
// Exits with 1 when anything is not as it should be.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install, pack } from '../package/npm.mjs';
import { inParallel } from '../support/in-parallel.mjs';
import { nodeFor } from '../support/node-line.mjs';
import { exchange } from './exchange.mjs';
import { MANAGERS, projectOf } from './managers.mjs';
import { readmeCommands } from './readme-commands.mjs';
import { happensOn, SITUATIONS } from './situations.mjs';

/** The major of npm that comes with each line of Node.js, and with 26 the newest. */
const NPM = { 20: 10, 22: 10, 24: 11, 26: 12 };
const LINES = ['20.18.1', '22', '24', '26'];
const QUICK = ['20.18.1', '24'];
/** npm makes the same tree on both: what it does when it is strict depends on what is there, not on Node.js. */
const isQuick = (manager, node) =>
  majorOf(node) === 24 || manager.name !== 'npm --strict-peer-deps';

const { values } = parseArgs({
  options: { node: { type: 'string', multiple: true }, quick: { type: 'boolean', default: false } },
});
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'readme-install-')));

try {
  const nodes = [];
  for (const line of values.node ?? (values.quick ? QUICK : LINES)) {
    const node = await nodeFor(line);
    nodes.push({ ...node, npm: NPM[majorOf(node)] ?? 12 });
    console.log(`Node.js ${nodes.at(-1).version}`);
  }
  const { tarball } = await pack(folder);
  const startLocalMetricsServer = await metricsServerOf(tarball);

  const cells = nodes.flatMap((node) =>
    MANAGERS.filter((manager) => !values.quick || isQuick(manager, node)).flatMap((manager) =>
      SITUATIONS.filter((situation) => happensOn(situation, node)).map((situation) => ({
        name: `Node ${node.version.slice(1)}, ${manager.name}, ${situation.name}`,
        run: (place) => runCell({ node, manager, situation }, place, tarball),
      })),
    ),
  );
  cells.push(...readmeCommands(nodes, tarball));

  async function runCell({ node, manager, situation }, place) {
    const project = await projectOf(manager, node, place);
    const faults = [];
    for (const specs of situation.steps) {
      faults.push(...(await project.add(specs, tarball)));
      if (faults.length > 0) return faults;
    }
    faults.push(...(await project.check()));
    faults.push(...(await exchange(project, situation.hasSdk, startLocalMetricsServer)));
    return faults;
  }

  let failed = 0;
  await inParallel(cells, async ({ name, run }) => {
    const place = mkdtempSync(join(folder, 'cell-'));
    const begin = Date.now();
    const faults = await run(place).catch((error) => [String(error)]);
    rmSync(place, { recursive: true, force: true });
    const seconds = ((Date.now() - begin) / 1000).toFixed(1);
    console.log(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    for (const fault of faults) console.error(`  - ${fault}`);
    if (faults.length > 0) failed += 1;
  });
  console.log(`${cells.length} cells, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The stand-in for ReadMe, of the same package. */
async function metricsServerOf(tarball) {
  const place = join(folder, 'metrics');
  await install(place, tarball);
  const require = createRequire(join(place, 'any.cjs'));
  return require('readme-metrics-opentelemetry/local-metrics-server').startLocalMetricsServer;
}

function majorOf({ version }) {
  return Number(version.slice(1).split('.')[0]);
}
