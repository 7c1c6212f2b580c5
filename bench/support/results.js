'use strict';

const { readFileSync, writeFileSync } = require('node:fs');
const { cpus, loadavg, totalmem } = require('node:os');
const { join } = require('node:path');
const { format } = require('./print');

const RESULTS = join(__dirname, '../RESULTS.md');

/**
 * Puts what a benchmark measured into RESULTS.md, in place of what it had put there on the same major
 * version of Node. What is outside of the markers is written by hand.
 */
function writeResults(bench, markdown) {
  const [major] = process.versions.node.split('.');
  const name = `${bench}, Node ${major}`;
  const begin = `<!-- begin: ${name} -->`;
  const end = `<!-- end: ${name} -->`;
  const section = `${begin}\n\n${markdown}\n\n${end}`;
  const text = readFileSync(RESULTS, 'utf8');
  const at = text.indexOf(begin);
  if (at < 0) {
    writeFileSync(RESULTS, `${text.trimEnd()}\n\n${section}\n`);
    return;
  }
  const after = text.slice(text.indexOf(end, at) + end.length);
  writeFileSync(RESULTS, `${text.slice(0, at)}${section}${after}`);
}

/** Above the number of CPUs, something else had its share of them before the benchmark began. */
const [loadBefore] = loadavg();

/** Machine and versions, as a list in Markdown. */
function conditions(packages, took) {
  const { version } = require('../../package.json');
  const [{ model }] = cpus();
  const versions = packages.map((name) => `${name} ${require(`${name}/package.json`).version}`);
  return [
    `- ${new Date().toISOString().slice(0, 10)}, ${format(took / 60_000, 1)} minutes, \`${command()}\``,
    `- ${model.trim()}, ${cpus().length} CPUs, ${format(totalmem() / 1024 ** 3)} GiB of memory, ${process.platform} ${process.arch}; load average before: ${format(loadBefore, 1)}`,
    `- Node.js ${process.version}, readme-metrics-opentelemetry ${version}${versions.map((one) => `, ${one}`).join('')}`,
  ].join('\n');
}

function command() {
  const flags = process.argv.slice(2);
  const script = process.env.npm_lifecycle_event ?? 'bench';
  return ['npm run', script, ...(flags.length > 0 ? ['--'] : []), ...flags].join(' ');
}

module.exports = { conditions, writeResults };
