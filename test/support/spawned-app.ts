import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A process that has said `listening <port>`. */
export interface SpawnedApp {
  readonly pid: number;
  readonly port: number;
  /** Everything it has printed so far, process ids masked. */
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with its exit code, as a shell has it: 128 and the number of the signal. */
  readonly exit: Promise<number>;
  /** Sends a request over a connection of its own. */
  get(path: string, headers?: Record<string, string>): Promise<HttpAnswer>;
  /** Sends a signal and resolves with the exit code. */
  end(signal?: NodeJS.Signals): Promise<number>;
}

export interface SpawnOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

const children = new Set<ChildProcess>();

/** Ends what a failed test has left behind. */
export function killSpawned(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** Starts node with these arguments and waits until the application listens. */
export async function startApp(args: string[], options: SpawnOptions): Promise<SpawnedApp> {
  const program = startNode(args, options);
  const port = await Promise.race([program.port, program.exit.then(() => undefined)]);
  if (port === undefined) throw new Error(`it does not listen: ${program.stderr}`);
  return {
    pid: program.pid,
    port,
    exit: program.exit,
    get stdout() {
      return program.stdout;
    },
    get stderr() {
      return program.stderr;
    },
    get: (path, headers) => get(`http://127.0.0.1:${port}${path}`, headers),
    end(signal = 'SIGTERM') {
      process.kill(program.pid, signal);
      return program.exit;
    },
  };
}

/** Runs node, or another program, to its end. */
export async function runToEnd(args: string[], options: SpawnOptions, command?: string) {
  const program = startNode(args, options, command);
  const code = await program.exit;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

function startNode(args: string[], { cwd, env }: SpawnOptions, command = process.execPath) {
  const child = spawn(command, args, { cwd, env: { ...bareEnvironment(), ...env } });
  children.add(child);
  const printed = { stdout: '', stderr: '' };
  const port = new Promise<number>((resolve) => {
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        printed[name] += chunk;
        const listening = /listening (\d+)/.exec(printed.stdout)?.[1];
        if (listening !== undefined) resolve(Number(listening));
      });
    }
  });
  const masked = (output: string) => output.replaceAll(`node:${child.pid}`, 'node:<pid>');
  return {
    pid: child.pid as number,
    port,
    // `close` comes after all output, `exit` may come before it.
    exit: once(child, 'close').then(([code, signal]) => {
      children.delete(child);
      return (code as number | null) ?? 128 + constants.signals[signal as NodeJS.Signals];
    }),
    get stdout() {
      return masked(printed.stdout);
    },
    get stderr() {
      return masked(printed.stderr);
    },
  };
}

/** Without what this process was started with. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env);
  return Object.fromEntries(
    own.filter(([name]) => !/^(OTEL_|README_|VITEST|NODE_(OPTIONS|ENV)$)/.test(name)),
  );
}

async function get(url: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  const outgoing = httpRequest(url, { agent: false, headers }).end();
  const [response] = await once(outgoing, 'response');
  return {
    status: response.statusCode,
    headers: response.headers,
    body: await text(response),
  };
}
