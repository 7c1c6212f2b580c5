import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import {
  type LocalMetricsServer,
  type LocalMetricsServerOptions,
  type ReceivedLog,
  startLocalMetricsServer,
} from '../../src/local/metrics-server';
import { INSTALL_TIMEOUT, packedProject } from './packed-project';
import { PATIENT_ENV } from './patience';
import { killSpawned, runToEnd, type SpawnedApp, startApp } from './spawned-app';

export const REGISTER = 'readme-metrics-opentelemetry/register';
export const FORMATS = ['cjs', 'mjs'] as const;
export type Format = (typeof FORMATS)[number];

/** An application in a process of its own, and the metrics server that it knows. */
export interface ZeroCodeApp extends SpawnedApp {
  readonly metrics: LocalMetricsServer;
}

export interface StartOptions {
  /** Arguments of node before the file. Default: `--require` of the register. */
  readonly flags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly metrics?: LocalMetricsServerOptions;
}

export interface ZeroCode {
  /** The folder of these tests. */
  readonly folder: string;
  /** Writes a file into the folder of these tests, within the project. */
  write(path: string, content: string): void;
  /** Starts a file of that folder, with a metrics server of its own. */
  start(file: string, options?: StartOptions): Promise<ZeroCodeApp>;
  /** A metrics server that lives as long as these tests. */
  metricsServer(options?: LocalMetricsServerOptions): Promise<LocalMetricsServer>;
  /** Runs node, or another command, to its end. */
  run(args: string[], env?: NodeJS.ProcessEnv, command?: string): ReturnType<typeof runToEnd>;
}

/** A folder with the name in the project that has the packed package, and applications in it. */
export function useZeroCode(name: string): ZeroCode {
  let cwd: string;
  const servers: LocalMetricsServer[] = [];
  beforeAll(async () => {
    cwd = join(await packedProject(), name);
  }, INSTALL_TIMEOUT);
  afterAll(async () => {
    killSpawned();
    await Promise.all(servers.map((server) => server.close()));
  });
  const metricsServer = async (options?: LocalMetricsServerOptions) => {
    const metrics = await startLocalMetricsServer(options);
    servers.push(metrics);
    return metrics;
  };
  return {
    metricsServer,
    get folder() {
      return cwd;
    },
    write(path, content) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), content);
    },
    async start(file, { flags = ['--require', REGISTER], env, metrics: options } = {}) {
      const metrics = await metricsServer(options);
      const settings = {
        ...PATIENT_ENV,
        README_API_KEY: 'key-of-tests',
        // A name, so that what instruments DNS has something to see.
        README_METRICS_SERVER: metrics.url.replace('127.0.0.1', 'localhost'),
      };
      const app = await startApp([...flags, file], { cwd, env: { ...settings, ...env } });
      return Object.defineProperties(
        { metrics },
        Object.getOwnPropertyDescriptors(app),
      ) as ZeroCodeApp;
    },
    run: (args, env, command) =>
      runToEnd(args, env === undefined ? { cwd } : { cwd, env }, command),
  };
}

/**
 * The text of a module: `require` or `import` of the names, then the code.
 *
 * @param names by module, for instance `{ http: 'createServer, get' }`.
 */
export function program(format: Format, names: Record<string, string>, code: string): string {
  const imports = Object.entries(names).map(([module, of]) =>
    format === 'cjs'
      ? `const { ${of} } = require('${module}');`
      : `import { ${of} } from '${module}';`,
  );
  return [...imports, code].join('\n');
}

export const LISTEN = `
server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));`;

/** An application that answers `ok`; its code may be followed by more. */
export function helloApp(format: Format, code = ''): string {
  const server = `const server = createServer((request, response) => response.end('ok'));`;
  return program(format, { http: 'createServer' }, `${server}${LISTEN}\n${code}`);
}

/** The paths that the logs are of. */
export function pathsOf(logs: readonly ReceivedLog[]): string[] {
  return logs.map((log) => new URL(log.request.log.entries[0].request.url).pathname);
}
