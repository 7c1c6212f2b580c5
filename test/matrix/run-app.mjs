// One app in one setup on one Node.js: runs it as a process and says what was not as it should be.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { faultsOf } from './checks.mjs';
import { exchange, TRAFFIC } from './traffic.mjs';

/** An app takes about a second. This bounds a hang only: no machine is too slow. */
const PATIENCE_MILLIS = 240_000;

/** @returns sentences about faults; none when all is well. */
export async function runApp(setup, environment, node) {
  const require = createRequire(join(environment.folder, 'app.cjs'));
  const { startLocalMetricsServer } = require('readme-metrics-opentelemetry/local-metrics-server');
  const metrics = await startLocalMetricsServer();
  const app = fork(join(environment.folder, setup.app), {
    cwd: environment.folder,
    execPath: node.path,
    execArgv: setup.flags,
    silent: true,
    env: environmentVariables(environment, metrics),
  });
  const kill = setTimeout(() => app.kill('SIGKILL'), PATIENCE_MILLIS);
  try {
    const exit = once(app, 'exit');
    const stderr = textOf(app.stderr);
    const stdout = textOf(app.stdout);
    const faults = [];
    const started = await Promise.race([once(app, 'message'), exit]);
    let spans = [];
    if (app.exitCode === null && app.signalCode === null) {
      for (const one of TRAFFIC) faults.push(...(await exchange(one, started[0].port)));
      app.send('end');
      const [report = {}] = await Promise.race([once(app, 'message'), exit.then(() => [])]);
      spans = report.spans ?? [];
    }
    const [code, signal] = await exit;
    return [
      ...(code === 0 ? [] : [`exit code ${code ?? signal}`]),
      ...((await stderr) === '' ? [] : [`stderr: ${(await stderr).trim()}`]),
      ...((await stdout) === '' ? [] : [`stdout: ${(await stdout).trim()}`]),
      ...faults,
      ...faultsOf({ logs: metrics.logs, spans, setup, environment }),
    ];
  } catch (error) {
    return [`the app could not be asked: ${error.message}`];
  } finally {
    clearTimeout(kill);
    app.kill('SIGKILL');
    await metrics.close();
  }
}

function environmentVariables({ sdkMajor, sdkTrace }, metrics) {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(OTEL_|README_|npm_|NODE_)/i.test(name),
  );
  return {
    ...Object.fromEntries(own),
    ...(sdkMajor && { MATRIX_SDK_MAJOR: sdkMajor, MATRIX_SDK_TRACE: sdkTrace }),
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    README_API_KEY: 'rdme_matrix',
    README_METRICS_SERVER: metrics.url,
    README_DENYLIST: 'card',
    // Deadlines are not what this is about.
    README_TIMEOUT_MILLIS: '120000',
    README_EXIT_TIMEOUT_MILLIS: '120000',
  };
}

async function textOf(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}
