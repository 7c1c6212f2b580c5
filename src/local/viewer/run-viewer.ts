import { once } from 'node:events';
import { resolve } from 'node:path';
import type { LocalMetricsServer } from '../local-metrics-server';
import { startLogServer } from '../log-server';
import { LogFile } from './log-file';
import { DEFAULT_PORT, HELP, parseViewerArguments, type ViewerArguments } from './viewer-arguments';

/**
 * The command `viewer`: shows logs in the browser until SIGINT (Ctrl-C) or SIGTERM ends it, which is
 * when the promise resolves. The process then ends by itself, with 0.
 *
 * What a person at the terminal can put right (a wrong argument, a port that is taken, a file that
 * cannot be opened) is told on stderr, with exit code 2 for arguments and 1 for the rest; it does
 * not reject.
 *
 * @param args what follows `viewer` on the command line.
 */
export async function runViewer(args: string[]): Promise<void> {
  let settings: ViewerArguments;
  try {
    settings = parseViewerArguments(args);
  } catch (error) {
    return fail(`${(error as Error).message}\n"viewer --help" tells what there is.`, 2);
  }
  if (settings.help) {
    process.stdout.write(HELP);
    return;
  }

  let server: LocalMetricsServer;
  try {
    server = await start(settings);
  } catch (error) {
    return fail(advice(error as NodeJS.ErrnoException, settings), 1);
  }
  process.stdout.write(startText(server, settings));
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server.close();
}

async function start({ port, maxLogs, file }: ViewerArguments): Promise<LocalMetricsServer> {
  const logFile = file === undefined ? undefined : new LogFile(resolve(file), maxLogs, tell);
  return await startLogServer({ port, maxLogs, viewer: true }, logFile);
}

function startText({ url, logs }: LocalMetricsServer, { file }: ViewerArguments): string {
  const kept = file === undefined ? '' : `\nKept in ${resolve(file)}, ${logs.length} so far.\n`;
  return `Your logs are shown at ${url}
${kept}
Start an application that sends them there:

  README_METRICS_SERVER=${url} README_API_KEY=any-key README_BUFFER_LENGTH=1 \\
    node --require readme-metrics-opentelemetry/register app.js

Ctrl-C ends the viewer.
`;
}

/** What was wrong, and what to do. */
function advice(error: NodeJS.ErrnoException, { port, file }: ViewerArguments): string {
  if (error.syscall === 'listen' && error.code === 'EADDRINUSE') {
    return `Port ${port} on 127.0.0.1 is taken, perhaps by a viewer that runs already.
Open http://127.0.0.1:${port} to see, or choose another port: --port ${port < 65_535 ? port + 1 : DEFAULT_PORT}, or --port 0 for any free one.`;
  }
  if (error.syscall === 'listen') {
    return `Port ${port} on 127.0.0.1 cannot be listened on (${error.code}). Choose another: --port ${DEFAULT_PORT}.`;
  }
  if (file !== undefined) {
    return `--file ${file} cannot be used: ${error.message}\nName a file that you may read and write.`;
  }
  return error.message;
}

function fail(message: string, exitCode: number): void {
  tell(message);
  process.exitCode = exitCode;
}

function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}
