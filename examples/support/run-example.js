'use strict';

// What the run.js of every example does: starts the application as a process of its own, plays its
// clients, ends it as an orchestrator would, and prints the logs that came of it.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { createServer, connect } = require('node:net');
const { setTimeout: sleep } = require('node:timers/promises');
const { startLocalMetricsServer } = require('readme-metrics-opentelemetry/local-metrics-server');
const { bold, dim, printLog, red } = require('../demo/print-log');

const LONGEST_START_MILLIS = 60_000;
const LONGEST_END_MILLIS = 60_000;

/**
 * With README_API_KEY or README_METRICS_SERVER in the environment, logs go where these say. Without, they
 * go to a stand-in for ReadMe that prints them. The exit code is 1 when something is not as it should be.
 *
 * @typedef {object} ClientRequest
 * @property {string} [method] default: GET
 * @property {string} path
 * @property {Record<string, string>} [headers]
 * @property {object} [json] the body
 * @property {number} status that the answer has to have
 * @property {boolean} [logged] false: this application does not want a log of it
 *
 * @param {object} example
 * @param {string} example.folder working directory of the application
 * @param {string[]} example.command arguments of `node`
 * @param {Record<string, string>} [example.env]
 * @param {ClientRequest[]} example.requests
 */
async function runExample({ folder, command, env = {}, requests }) {
  const { README_API_KEY, README_METRICS_SERVER } = process.env;
  const expected = requests.filter(({ logged = true }) => logged).length;
  const metrics =
    README_API_KEY || README_METRICS_SERVER ? undefined : await startLocalMetricsServer();
  const port = await freePort();

  console.log(bold(`$ node ${command.join(' ')}`));
  const app = spawn(process.execPath, command, {
    cwd: folder,
    env: {
      ...process.env,
      ...env,
      PORT: String(port),
      README_API_KEY: README_API_KEY || 'any-key',
      README_METRICS_SERVER: metrics?.url ?? README_METRICS_SERVER,
    },
    stdio: 'inherit',
  });
  try {
    await listening(app, port);
    for (const request of requests) await send(port, request);
    // On Windows there is no SIGTERM that a process could answer.
    if (process.platform === 'win32') await metrics?.waitForLogs(expected);
    await terminated(app);
    if (metrics === undefined) {
      console.log(`The logs have gone to ${README_METRICS_SERVER || 'ReadMe'}.`);
      return;
    }
    // The application has sent its logs before it ended: nothing to wait for.
    console.log(bold(`\nReadMe would have got ${metrics.logs.length} logs:\n`));
    for (const log of metrics.logs) printLog(log);
    if (metrics.logs.length !== expected) throw new Error(`There should be ${expected} logs`);
  } catch (error) {
    console.error(red(String(error)));
    process.exitCode = 1;
  } finally {
    app.kill('SIGKILL');
    await metrics?.close();
  }
}

/** @param {number} port @param {ClientRequest} request */
async function send(port, { method = 'GET', path, headers = {}, json, status }) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: json === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  console.log(dim(`${method} ${path} -> ${response.status} ${text}`));
  if (response.status !== status) throw new Error(`The status should be ${status}`);
}

/** Ends a process as Docker and Kubernetes do. */
async function terminated(app) {
  const tooLong = setTimeout(() => app.kill('SIGKILL'), LONGEST_END_MILLIS);
  app.kill('SIGTERM');
  const [code, signal] = await once(app, 'exit');
  clearTimeout(tooLong);
  if (code !== 0 && signal !== 'SIGTERM') {
    throw new Error(`The application ended with ${signal ?? `exit code ${code}`}`);
  }
}

async function listening(app, port) {
  const end = Date.now() + LONGEST_START_MILLIS;
  while (!(await canConnect(port))) {
    if (app.exitCode !== null) throw new Error('The application has not started');
    if (Date.now() > end) throw new Error('The application does not listen');
    await sleep(50);
  }
}

/** Without a request, for it would be logged. */
async function canConnect(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await once(server.close(), 'close');
  return port;
}

module.exports = { runExample };
