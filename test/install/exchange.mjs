// One real exchange in an installed project: is it logged, by the worker thread, and without a word?

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** The app takes a second or two. This bounds a hang only: no machine is too slow. */
const TIMEOUT_MILLIS = 240_000;

/**
 * @param project of projectOf()
 * @param startLocalMetricsServer of the package
 * @returns sentences about faults; none when all is well.
 */
export async function exchange(project, hasSdk, startLocalMetricsServer) {
  cpSync(join(import.meta.dirname, 'app.cjs'), join(project.folder, 'app.cjs'));
  const metrics = await startLocalMetricsServer();
  const [command, ...args] = [...project.nodeCommand, 'app.cjs', ...(hasSdk ? ['sdk'] : [])];
  const env = {
    ...project.env,
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    README_API_KEY: 'rdme_install',
    README_METRICS_SERVER: metrics.url,
    // Deadlines are not what this is about.
    README_TIMEOUT_MILLIS: '120000',
    README_EXIT_TIMEOUT_MILLIS: '120000',
  };
  const app = spawn(command, args, { cwd: project.folder, env });
  const kill = setTimeout(() => app.kill('SIGKILL'), TIMEOUT_MILLIS);
  try {
    const exit = once(app, 'exit');
    const stderr = text(app.stderr);
    const reports = createInterface({ input: app.stdout })[Symbol.asyncIterator]();
    const started = await reports.next();
    let clientSockets;
    const faults = [];
    if (!started.done) {
      const { port } = JSON.parse(started.value);
      const response = await fetch(`http://127.0.0.1:${port}/letters`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: '{"card":"4929123456781234"}',
      });
      if (response.status !== 201) faults.push(`the client got status ${response.status}`);
      await response.text();
      app.stdin.end();
      const ended = await reports.next();
      clientSockets = ended.done ? undefined : JSON.parse(ended.value).clientSockets;
    }
    const [code, signal] = await exit;
    if (code !== 0) faults.push(`the app ended with ${code ?? signal}`);
    const errors = (await stderr).trim();
    if (errors !== '') faults.push(`the app printed: ${errors}`);
    return [...faults, ...faultsOf(metrics.logs, hasSdk, clientSockets)];
  } catch (error) {
    return [`the app could not be asked: ${error.message}`];
  } finally {
    clearTimeout(kill);
    app.kill('SIGKILL');
    await metrics.close();
  }
}

function faultsOf(logs, hasSdk, clientSockets) {
  if (logs.length !== 1) return [`${logs.length} logs arrived`];
  const faults = [];
  // The log has arrived over a socket, so another thread has opened it.
  if (clientSockets !== 0) faults.push(`the main thread opened ${clientSockets} sockets`);
  const [{ request, response, comment }] = logs[0].request.log.entries;
  if (response.status !== 201) faults.push(`the log has status ${response.status}`);
  const bodies = [request.postData?.text, response.content.text].join(' ');
  if (bodies !== '{"card":"[REDACTED 16]"} {"id":1,"card":"[REDACTED 16]"}') {
    faults.push(`the log has the bodies ${bodies}`);
  }
  // With two copies of the API, the package would not see the span of the application.
  if (hasSdk && !/^trace-id: [0-9a-f]{32}$/.test(comment ?? '')) {
    faults.push(`the log has the comment ${comment}, which is no trace id`);
  }
  return faults;
}
