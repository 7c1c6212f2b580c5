import { Agent, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exchangeOf } from '../../src/capture/exchange-of';
import {
  ReadmeInstrumentation,
  type ReadmeOptions,
  ReadmeSpanExporter,
  ReadmeSpanProcessor,
  readmeHttpHooks,
  setReadmeGroup,
} from '../../src/index';
import { type LocalMetricsServer, startLocalMetricsServer } from '../../src/local/metrics-server';
import { Survivors } from '../support/collect-garbage';
import { API_KEY, type Handler, serve } from '../support/observe';
import { startTracing } from '../support/tracing';

let metrics: LocalMetricsServer;
let options: ReadmeOptions;
beforeEach(async () => {
  metrics = await startLocalMetricsServer();
  options = { apiKey: API_KEY, metricsServer: metrics.url };
});
afterEach(() => metrics.close());

/** A keep-alive connection and what is sent over it. */
class Connection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  constructor(readonly port: number) {}

  get(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: this.port, agent: this.#agent, path }, (answer) => {
        answer.resume().on('end', resolve);
      }).on('error', reject);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/**
 * Sends requests over one connection, which stays open.
 *
 * @returns what is still alive of all but the last, which Node itself holds.
 */
async function leftOf(
  setUp: () => { stop(): Promise<unknown> },
  handler: Handler = (_req, res) => res.end('ok'),
): Promise<string[]> {
  const survivors = new Survivors();
  const ways = setUp();
  const api = await serve((req: IncomingMessage, res: ServerResponse) => {
    const name = req.url as string;
    if (name !== '/last') {
      survivors.watch(`${name} request`, req);
      survivors.watch(`${name} response`, res);
      survivors.watch(`${name} exchange`, exchangeOf(req));
      const upload = { of: name };
      survivors.watch(`${name} upload`, upload);
      Object.assign(req, { upload });
    }
    handler(req, res);
  });
  const connection = new Connection(api.port);
  try {
    for (const path of ['/1', '/2', '/3', '/last']) await connection.get(path);
    return await survivors.names();
  } finally {
    connection.close();
    await api.close();
    await ways.stop();
  }
}

describe('of a settled exchange on a connection that stays open nothing is kept', () => {
  const observed = () => {
    const readme = new ReadmeInstrumentation(options);
    return { stop: () => readme.shutdown() };
  };

  it('by ReadmeInstrumentation', async () => {
    expect(await leftOf(observed)).toEqual([]);
  });

  it('by a timer that the application has made meanwhile', async () => {
    const timers: NodeJS.Timeout[] = [];
    const left = await leftOf(observed, (_req, res) => {
      timers.push(setInterval(() => {}, 60_000));
      res.end('ok');
    });
    for (const timer of timers) clearInterval(timer);
    expect(left).toEqual([]);
  });

  it('when the caller was named by setReadmeGroup', async () => {
    const left = await leftOf(observed, async (_req, res) => {
      await Promise.resolve();
      setReadmeGroup({ apiKey: 'k' });
      res.end('ok');
    });
    expect(left).toEqual([]);
  });

  it('when it is not logged', async () => {
    options = { ...options, groupingFunction: () => null };
    expect(await leftOf(observed)).toEqual([]);
  });

  it('by hooks and ReadmeSpanProcessor, though another exporter keeps the spans', async () => {
    const others = new InMemorySpanExporter();
    const left = await leftOf(() => {
      const readme = new ReadmeSpanProcessor(options);
      return startTracing({
        spanProcessors: [new SimpleSpanProcessor(others), readme],
        http: readmeHttpHooks(options),
      });
    });
    expect(left).toEqual([]);
  });

  it('by hooks and ReadmeSpanExporter', async () => {
    const others = new InMemorySpanExporter();
    const left = await leftOf(() => {
      const exporter = new ReadmeSpanExporter(options);
      return startTracing({
        spanProcessors: [new SimpleSpanProcessor(others), new SimpleSpanProcessor(exporter)],
        http: readmeHttpHooks(options),
      });
    });
    expect(left).toEqual([]);
  });
});

it('of an exchange whose grouping promise is pending, request and response are not kept', async () => {
  const pending: ((group: null) => void)[] = [];
  options = {
    ...options,
    groupingFunction: () => new Promise((resolve) => pending.push(resolve)),
  };
  const left = await leftOf(() => {
    const readme = new ReadmeInstrumentation(options);
    return {
      stop: () => {
        for (const resolve of pending) resolve(null);
        return readme.shutdown();
      },
    };
  });
  expect(left).toEqual(['/1 exchange', '/2 exchange', '/3 exchange']);
});
