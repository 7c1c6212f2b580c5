'use strict';

const { cpus, totalmem } = require('node:os');
const { CONNECTIONS, METRICS_SERVER_MILLIS } = require('./express-run');
const { fixedRateTable, saturationTable } = require('./express-tables');
const { goalsTable } = require('./goals');
const { format, table } = require('./print');

/** Packages whose versions the figures depend on. */
const PACKAGES = [
  'express',
  'readmeio',
  '@opentelemetry/instrumentation-http',
  '@opentelemetry/sdk-trace-node',
  'undici',
];

function labelOfSize(bytes) {
  if (bytes >= 1_000_000) return `${format(bytes / 1_000_000)} MB`;
  return bytes >= 1024 ? `${format(bytes / 1024)} KB` : `${bytes} bytes`;
}

/** The tables of bodies of one size, in Markdown. */
function sizeSection({ figures, variants, bodyBytes, rate }) {
  return [
    `## ${labelOfSize(bodyBytes)}, both ways`,
    `At ${format(rate)} requests/s:`,
    fixedRateTable(figures, variants),
    'As fast as it goes:',
    saturationTable(figures, variants),
  ].join('\n\n');
}

function goalsSection(figuresBySize) {
  const { header, rows } = goalsTable(figuresBySize, labelOfSize);
  if (rows.length === 0) return '## Goals\n\nNone is set for these sizes.';
  return `## Goals\n\n${table(header, rows)}`;
}

/** Everything, as it is in RESULTS.md. */
function report({ sections, goals, command, seconds, rounds, took }) {
  return `# Side by side

Written by \`${command}\`; do not edit.

${environment(took)}

${goals}

${sections.join('\n\n')}

${method(seconds, rounds)}
`;
}

function environment(took) {
  const { version } = require('../../package.json');
  const [{ model }] = cpus();
  const versions = PACKAGES.map((name) => `${name} ${require(`${name}/package.json`).version}`);
  return [
    `- ${new Date().toISOString().slice(0, 10)}, ${format(took / 60, 1)} minutes`,
    `- ${model.trim()}, ${cpus().length} cores, ${format(totalmem() / 1024 ** 3)} GiB of memory, ${process.platform} ${process.arch}`,
    `- Node.js ${process.version}, readme-metrics-opentelemetry ${version}`,
    `- ${versions.join(', ')}`,
  ].join('\n');
}

function method(seconds, rounds) {
  return `## How it was measured

- Clients, API and metrics server are a process each and **share the ${cpus().length} cores**: what a variant
  uses beside its main thread, and what it makes the metrics server do, is missing elsewhere. So the
  requests/s of variants that log are lower than on a machine with cores to spare.
- The API is Express with \`express.json()\` and answers with the JSON it was sent. Clients keep
  ${CONNECTIONS} connections. The metrics server answers after ${METRICS_SERVER_MILLIS} ms.
- HttpInstrumentation has a BatchSpanProcessor and an exporter that throws the spans away.
- readmeio is a middleware with \`bufferLength: 10\` and a \`baseLogUrl\`, which spares it a file and a
  request to ReadMe.
- This package is \`node --require readme-metrics-opentelemetry/register\`, with and without
  \`README_BACKGROUND_WORKER_MODE\`, and nothing else set.
- Variants take turns, each in a new process, for ${rounds} rounds; figures are medians, ± is half of the range.
- In a process: a second to warm up, then ${format(seconds, 1)} s at the fixed rate for CPU and latency, the same again for
  the delay of the event loop (to watch that costs CPU), and ${format(seconds, 1)} s as fast as it goes. Each ends
  when its logs have arrived, or none has come for a while, and has as many requests as fill readmeio's buffer:
  it has no flush.
- CPU is that of all threads of the API's process. Latency counts from when a request was due. Loop delay is
  that of \`monitorEventLoopDelay\` above its resolution of 1 ms; at a few requests a second its p99 says
  little, the longest more. Logs delivered are those with distinct ids that the metrics server has
  received, against the requests made.`;
}

module.exports = { goalsSection, labelOfSize, report, sizeSection };
