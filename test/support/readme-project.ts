import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { PATIENCE_MILLIS, until } from './patience';
import type { SdkEnvironment } from './sdk-environments';

const README = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');

/** `<!-- run: path -->`, or `<!-- run: path, SDK 3 -->` where a block is for that one only. */
const BLOCK = /<!-- run: (\S+?)(?:, SDK (\d))? -->\n```\w+\n(.*?)```/gs;

/** The code blocks of the README that are for an SDK, by their path. */
export function blocksFor(sdk: '2' | '3'): Map<string, string> {
  const blocks = [...README.matchAll(BLOCK)] as unknown as [string, string, string?, string?][];
  const own = blocks.filter(([, , only = sdk]) => only === sdk);
  return new Map(own.map(([, path, , code = '']) => [path, code]));
}

/** A project of a user: the blocks as files, and the packages that they need, this one too. */
export class ReadmeProject {
  readonly blocks: ReadonlyMap<string, string>;
  readonly #folder = mkdtempSync(join(tmpdir(), 'readme-blocks-'));
  readonly #node: string;
  readonly #children: ChildProcess[] = [];

  constructor({ sdk, node, linkModules }: SdkEnvironment) {
    this.#node = node;
    this.blocks = blocksFor(sdk);
    linkModules(this.#folder);
    for (const [path, code] of this.blocks) this.write(path, code);
  }

  write(path: string, code: string): void {
    mkdirSync(dirname(join(this.#folder, path)), { recursive: true });
    writeFileSync(join(this.#folder, path), code);
  }

  /** Runs `node` to its end. */
  run(...args: string[]): Promise<[code: number, output: string]> {
    const options = { cwd: this.#folder, timeout: PATIENCE_MILLIS };
    return new Promise((done) => {
      execFile(this.#node, args, options, (error, stdout, stderr) => {
        done([error === null ? 0 : Number(error.code ?? -1), stdout + stderr]);
      });
    });
  }

  /** Starts a command of a shell, in which `node` is that of the environment. */
  startShell(command: string): ChildProcess {
    const env = { ...process.env, PATH: `${dirname(this.#node)}:${process.env.PATH}` };
    const child = spawn('sh', ['-c', `exec ${command}`], { cwd: this.#folder, env });
    this.#children.push(child);
    return child;
  }

  /** Starts a file of the project and waits until it listens. */
  async start(path: string, env: NodeJS.ProcessEnv, flags: string[] = []): Promise<StartedApp> {
    const child = spawn(this.#node, [...flags, path], { cwd: this.#folder, env });
    this.#children.push(child);
    let stderr = '';
    child.stderr?.on('data', (text) => {
      stderr += text;
    });
    await until(() => {
      if (child.exitCode !== null) throw new Error(`${path} ended: ${stderr}`);
      return canConnect(Number(env.PORT));
    });
    return {
      // As an orchestrator ends it.
      async terminate() {
        const closed = once(child, 'close');
        child.kill('SIGTERM');
        const [code] = (await closed) as [number | null];
        return { code, stderr };
      },
    };
  }

  /** Ends what a failed test has left behind. */
  killAll(): void {
    for (const child of this.#children.splice(0)) child.kill('SIGKILL');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export interface StartedApp {
  /** Resolves with the exit code and all that it has printed on stderr. */
  terminate(): Promise<{ code: number | null; stderr: string }>;
}

export async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** Without a request, which would be logged. */
export function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((done) => {
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
}
