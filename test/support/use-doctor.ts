import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type LocalMetricsServer, startLocalMetricsServer } from '../../src/local/metrics-server';
import { type AnsweringServer, answering } from './answering-server';
import { type DoctorProject, doctorProject, KEY, type Ran } from './doctor-project';
import { PATIENCE_MILLIS } from './patience';
import { killSpawned } from './spawned-app';

export interface DoctorTests {
  readonly project: DoctorProject;
  /** Where the doctor looks unless a test says otherwise. */
  readonly metrics: LocalMetricsServer;
  /** Runs the doctor, and sees that it shows no key. */
  run(
    env?: NodeJS.ProcessEnv,
    args?: readonly string[],
    nodeArgs?: readonly string[],
  ): Promise<Ran>;
  /** A server that answers so, until the test ends. */
  serverThat(...args: Parameters<typeof answering>): Promise<AnsweringServer>;
  /** Closes a server when the test ends. */
  closeLater(server: AnsweringServer): AnsweringServer;
}

/** @param lives how long a project is used: its packages take a second to copy. */
export function useDoctor(lives: 'a test' | 'all tests'): DoctorTests {
  const servers: AnsweringServer[] = [];
  let project: DoctorProject;
  let metrics: LocalMetricsServer;
  (lives === 'a test' ? beforeEach : beforeAll)(() => {
    project = doctorProject();
  });
  (lives === 'a test' ? afterEach : afterAll)(() => project.remove());
  beforeEach(async () => {
    metrics = await startLocalMetricsServer();
  });
  afterEach(async () => {
    await Promise.all([metrics, ...servers.splice(0)].map((server) => server.close()));
  });
  afterAll(killSpawned);
  const closeLater = (server: AnsweringServer) => {
    servers.push(server);
    return server;
  };
  return {
    get project() {
      return project;
    },
    get metrics() {
      return metrics;
    },
    async run(env = {}, args = [], nodeArgs = []) {
      const all: NodeJS.ProcessEnv = { README_METRICS_SERVER: metrics.url, ...env };
      // The last one counts, and an option counts more than a variable.
      const patience = 'README_TIMEOUT_MILLIS' in env ? [] : ['--timeout', String(PATIENCE_MILLIS)];
      const ran = await project.run(['doctor', ...patience, ...args], all, nodeArgs);
      const key = all.README_API_KEY ?? KEY;
      if (key !== '') expect(ran.stdout + ran.stderr).not.toContain(key);
      return ran;
    },
    closeLater,
    serverThat: async (...args) => closeLater(await answering(...args)),
  };
}

/** The checks of a report that have this sign. */
export function lines({ stdout }: Ran, sign: 'ok' | 'note' | 'warn' | 'fail'): string[] {
  const found = stdout.split('\n').filter((line) => line.startsWith(`  ${sign.padEnd(4)}  `));
  return found.map((line) => line.slice(8));
}
