import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, beforeEach, expect } from 'vitest';
import { type LogStats, ReadmeInstrumentation, type ReadmeOptions } from '../../src/index';
import { processBudget } from '../../src/record/byte-budget';
import { type FaultyServer, startFaultyServer } from './faulty-server';
import { API_KEY, type Handler, serve } from './observe';
import { PATIENCE_MILLIS, until } from './patience';

/** Where logs are made and sent: name, and the option `backgroundWorkerMode`. */
export const MODES = [
  ['a worker thread', true],
  ['the main thread', false],
] as const;

/** An API that is logged to a metrics server that misbehaves. */
export interface DeliveryRun {
  readonly server: FaultyServer;
  readonly readme: ReadmeInstrumentation;
  /** Sends requests to the API, of `/<number>` or of the paths, and waits until all are counted. */
  visit(requests: number | readonly string[]): Promise<void>;
  /** The same, but each log has reached the metrics server before the next request is made. */
  visitApart(requests: number | readonly string[]): Promise<void>;
  /** Waits until the sender has said this, as it does when it has dealt with the answer to a request. */
  heard(words: RegExp): Promise<void>;
  /** The counts; their sum is asserted to be that of the requests. */
  counts(): LogStats;
}

/**
 * Starts runs, and ends them after each test: then every request must be counted exactly once, and all
 * memory given back.
 */
export function useDeliveryRuns(): (
  options?: ReadmeOptions,
  handler?: Handler,
) => Promise<DeliveryRun> {
  const ends: (() => Promise<void>)[] = [];
  const said: string[] = [];
  const listen = (message: string) => said.push(message);
  const deaf = () => {};
  beforeEach(() => {
    said.length = 0;
    const logger = { debug: listen, info: deaf, warn: deaf, error: deaf, verbose: deaf };
    diag.setLogger(logger, { logLevel: DiagLogLevel.DEBUG, suppressOverrideMessage: true });
  });
  afterEach(() => diag.disable());
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    expect(processBudget.used).toBe(0);
  });
  return async (options = {}, handler = (_req, res) => res.end('ok')) => {
    const server = await startFaultyServer();
    const api = await serve(handler);
    const readme = new ReadmeInstrumentation({
      apiKey: API_KEY,
      metricsServer: server.url,
      bufferLength: 1,
      timeoutMillis: PATIENCE_MILLIS,
      exitTimeoutMillis: 200,
      allowedHttpHosts: [`127.0.0.1:${api.port}`],
      ...options,
    });
    let visited = 0;
    ends.push(
      () => server.goAway().catch(() => {}),
      async () => {
        await readme.shutdown();
        expect(sumOf(readme.stats())).toBe(visited);
        expect(readme.stats().pending).toBe(0);
      },
      () => api.close(),
    );
    let numbered = 0;
    const pathsOf = (requests: number | readonly string[]): readonly string[] =>
      typeof requests === 'number'
        ? Array.from({ length: requests }, () => `/${numbered++}`)
        : requests;
    const visit = async (requests: number | readonly string[]): Promise<void> => {
      for (const path of pathsOf(requests)) {
        visited++;
        await (await fetch(`http://127.0.0.1:${api.port}${path}`)).arrayBuffer();
      }
      await until(() => sumOf(readme.stats()) === visited);
    };
    return {
      server,
      readme,
      visit,
      async visitApart(requests) {
        for (const path of pathsOf(requests)) {
          await visit([path]);
          await until(() => server.attempts.some(({ paths }) => paths.includes(path)));
        }
      },
      heard: (words) => until(() => said.some((message) => words.test(message))),
      counts() {
        const counts = readme.stats();
        expect(sumOf(counts)).toBe(visited);
        return counts;
      },
    };
  };
}

/**
 * Has one log delivered: then a worker thread runs, and later logs are not gathered until it does. With a short
 * retryTimeoutMillis a slow machine needs more than one.
 */
export async function ready(run: DeliveryRun): Promise<DeliveryRun> {
  do {
    await run.visit(['/ready']);
    await run.readme.forceFlush().catch(() => {});
  } while (run.counts().delivered === 0);
  run.server.forget();
  return run;
}

export function sumOf({ delivered, dropped, spooled, pending }: LogStats): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, delivered + spooled + pending);
}
