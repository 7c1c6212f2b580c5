// Proves that the packed package works in every setup, on every line of Node.js, beside either SDK.
//
//   npm run test:matrix                            all of it; writes docs/MATRIX.md
//   npm run test:matrix -- --node current          only the Node.js that runs this
//   npm run test:matrix -- --node 22 --node 24     only these lines
//
// Exits with 1 when anything is not as it should be.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pack } from '../package/npm.mjs';
import { inParallel } from '../support/in-parallel.mjs';
import { nodeFor } from '../support/node-line.mjs';
import { ENVIRONMENTS, NODE_LINES, project, runsOn } from './environments.mjs';
import { documentOf, faultList, tableOf } from './report.mjs';
import { runApp } from './run-app.mjs';
import { setupsFor } from './setups.mjs';

const ROOT = resolve(import.meta.dirname, '../..');

const { values } = parseArgs({ options: { node: { type: 'string', multiple: true } } });
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'readme-matrix-')));

try {
  const nodes = [];
  for (const line of values.node ?? NODE_LINES) {
    nodes.push(await nodeFor(line));
    console.log(`Node.js ${nodes.at(-1).version}`);
  }
  const packed = await pack(folder);
  const environments = [];
  for (const environment of ENVIRONMENTS) {
    if (!nodes.some((node) => runsOn(environment, node))) continue;
    const place = join(folder, environment.name.replace(/\W+/g, '-'));
    environments.push(await project(environment, place, packed.tarball));
    console.log(`${environment.name}: ${environments.at(-1).versions.join(', ')}`);
  }

  const runs = environments.flatMap((environment) =>
    nodes
      .filter((node) => runsOn(environment, node))
      .flatMap((node) => setupsFor(environment).map((setup) => ({ environment, setup, node }))),
  );
  const results = await inParallel(runs, async (run) => ({
    ...run,
    faults: await runApp(run.setup, run.environment, run.node),
  }));

  const faults = faultList(results);
  console.log(`\n${tableOf(results, nodes)}\n`);
  for (const fault of faults) console.error(fault);
  console.log(`${results.length} runs, ${faults.length} faults`);
  if (faults.length > 0) process.exitCode = 1;
  if (values.node === undefined) {
    mkdirSync(join(ROOT, 'docs'), { recursive: true });
    const { version } = packed;
    writeFileSync(
      join(ROOT, 'docs/MATRIX.md'),
      documentOf({ results, nodes, environments, version }),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
