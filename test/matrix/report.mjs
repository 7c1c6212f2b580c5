// The results as a table, for the terminal and for docs/MATRIX.md.

const CELL = { ok: 'ok', failed: '**FAILED**', impossible: '–' };

/** @returns one row an environment and setup, one column a version of Node.js. */
export function tableOf(results, nodes) {
  const rows = new Map();
  for (const { environment, setup, node, faults } of results) {
    const key = `${environment.name}\n${setup.name}`;
    if (!rows.has(key)) rows.set(key, { environment, setup, cells: new Map() });
    rows.get(key).cells.set(node.version, faults.length === 0 ? CELL.ok : CELL.failed);
  }
  const lines = [...rows.values()].map(({ environment, setup, cells }) => [
    environment.name,
    setup.name,
    ...nodes.map(({ version }) => cells.get(version) ?? CELL.impossible),
  ]);
  const head = ['beside', 'setup', ...nodes.map(({ version }) => `Node ${version.slice(1)}`)];
  return markdown([head, head.map(() => '---'), ...lines]);
}

/** @returns a list of what was not as it should be. */
export function faultList(results) {
  return results.flatMap(({ environment, setup, node, faults }) =>
    faults.map((fault) => `- ${environment.name}, ${setup.name}, Node ${node.version}: ${fault}`),
  );
}

/** @returns the text of docs/MATRIX.md. */
export function documentOf({ results, nodes, environments, version }) {
  const faults = faultList(results);
  const date = new Date().toISOString().slice(0, 10);
  return `<!-- Written by \`npm run test:matrix\`: do not edit. -->

# What works with what

On ${date}, \`npm run test:matrix\` installed the packed package, version ${version}, into small applications
and ran each as a process of its own (${process.platform} ${process.arch}). This file is what it wrote.

**ok** means: one log a request, with the right status and both bodies, the denied value and the caller's
key hidden; the trace id in the log's comment is that of the application's span; the application's own
exporter saw no more than the README says; its clients got their answers unchanged; it ended by itself,
with exit code 0 and nothing on stderr.

${tableOf(results, nodes)}

SDK 3.x itself needs Node.js 22.15.

| beside | installed before the package |
|---|---|
${environments.map(({ name, versions }) => `| ${name} | ${versions.join(', ')} |`).join('\n')}
${faults.length === 0 ? '' : `\n## Faults\n\n${faults.join('\n')}\n`}`;
}

function markdown(lines) {
  const widths = lines[0].map((_, column) =>
    Math.max(...lines.map((cells) => cells[column].length)),
  );
  return lines
    .map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`)
    .join('\n');
}
