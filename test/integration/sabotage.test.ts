import { DiagLogLevel, diag } from '@opentelemetry/api';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CapturedBody } from '../../src/capture/captured-body';
import { Exchange } from '../../src/capture/exchange';
import { InlinePipeline } from '../../src/delivery/inline-pipeline';
import {
  ReadmeDeliveryError,
  ReadmeInstrumentation,
  type ReadmeOptions,
  ReadmeSpanExporter,
  ReadmeSpanProcessor,
  readmeHttpHooks,
  setReadmeGroup,
} from '../../src/index';
import { type LocalMetricsServer, startLocalMetricsServer } from '../../src/local/metrics-server';
import * as attributes from '../../src/spans/attributes';
import { API_KEY, serve } from '../support/observe';
import { rounds } from '../support/patience';
import { startTracing } from '../support/tracing';

let metrics: LocalMetricsServer;
let options: ReadmeOptions;
const crashes: unknown[] = [];
const crash = (error: unknown) => crashes.push(error);

beforeEach(async () => {
  metrics = await startLocalMetricsServer();
  options = { apiKey: API_KEY, metricsServer: metrics.url };
  crashes.length = 0;
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
});
afterEach(async () => {
  vi.restoreAllMocks();
  diag.disable();
  await metrics.close();
  process.off('uncaughtException', crash);
  process.off('unhandledRejection', crash);
});

function boom(): never {
  throw new Error('on purpose');
}

/** The application works as if nothing was wrong: same answers, no exception that nobody catches. */
async function expectUndisturbed(): Promise<void> {
  const api = await serve((req, res) => {
    setReadmeGroup({ apiKey: 'k' }, { raw: {} } as never);
    req.pipe(res);
  });
  for (const body of ['one', 'two']) {
    const response = await fetch(`http://127.0.0.1:${api.port}/`, { method: 'POST', body });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(body);
  }
  await rounds();
  await api.close();
  await rounds();
  expect(crashes).toEqual([]);
}

const badGroups: [string, NonNullable<ReadmeOptions['groupingFunction']>][] = [
  ['throws', boom],
  ['rejects', () => Promise.reject(new Error('on purpose'))],
  [
    'throws something that is no error',
    () => {
      throw null;
    },
  ],
  [
    'returns an object that throws',
    () => Object.defineProperty({}, 'apiKey', { get: boom }) as never,
  ],
  [
    'returns a thenable that throws',
    () => Object.defineProperty({}, 'then', { get: boom }) as never,
  ],
  [
    'returns a thenable whose then throws',
    () => Object.defineProperty({}, 'then', { value: boom }) as never,
  ],
  [
    'returns a proxy that throws',
    () => new Proxy({}, { get: boom, has: boom, ownKeys: boom }) as never,
  ],
];

const sabotages: [string, () => unknown][] = [
  ['the body collector', () => vi.spyOn(CapturedBody.prototype, 'add').mockImplementation(boom)],
  ['the head hook', () => vi.spyOn(Exchange.prototype, 'beforeHeaders').mockImplementation(boom)],
  ['the end of an exchange', () => vi.spyOn(Exchange.prototype, 'close').mockImplementation(boom)],
  [
    'the batch processor',
    () => vi.spyOn(BatchSpanProcessor.prototype, 'onEnd').mockImplementation(boom),
  ],
  ['the pipeline', () => vi.spyOn(InlinePipeline.prototype, 'add').mockImplementation(boom)],
  ['encoding', () => vi.spyOn(attributes, 'encodeRecord').mockImplementation(boom)],
  ['decoding', () => vi.spyOn(attributes, 'decodeSpan').mockImplementation(boom)],
  [
    'emitWarning',
    () => {
      vi.spyOn(process, 'emitWarning').mockImplementation(boom);
      options = { ...options, groupingFunction: boom };
    },
  ],
  [
    'the diag logger',
    () => {
      const logger = { verbose: boom, debug: boom, info: boom, warn: boom, error: boom };
      diag.setLogger({ ...logger, info: () => {} }, DiagLogLevel.WARN);
      options = { ...options, groupingFunction: () => ({ apiKey: 'k', colour: 1 }) as never };
    },
  ],
  [
    'trustProxy',
    () => {
      options = { ...options, trustProxy: boom };
    },
  ],
  [
    'the connection to ReadMe',
    () => {
      options = { ...options, metricsServer: 'http://127.0.0.1:1', retryTimeoutMillis: 100 };
    },
  ],
  [
    'the look-up of the documentation',
    () => {
      options = { ...options, baseLogUrl: 'auto', dashServer: 'http://127.0.0.1:1' };
    },
  ],
];

describe('the application notices nothing', () => {
  it.each(badGroups)('when the grouping function %s', async (_what, groupingFunction) => {
    const readme = new ReadmeInstrumentation({ ...options, groupingFunction });
    await expectUndisturbed();
    await readme.shutdown();
    expect(metrics.logs).toEqual([]);
    const { delivered, dropped } = readme.stats();
    expect(delivered + (dropped.group_failed ?? 0) + (dropped.group_invalid ?? 0)).toBe(2);
  });

  it.each(sabotages)('when %s fails, with ReadmeInstrumentation', async (_what, sabotage) => {
    sabotage();
    const readme = new ReadmeInstrumentation(options);
    await expectUndisturbed();
    readme.disable();
    await readme.forceFlush().catch((error) => expect(error).toBeInstanceOf(ReadmeDeliveryError));
    expect(crashes).toEqual([]);
  });

  it.each(sabotages)(
    'when %s fails, with hooks and ReadmeSpanProcessor',
    async (_what, sabotage) => {
      sabotage();
      const tracing = startTracing({
        spanProcessors: [new ReadmeSpanProcessor(options)],
        http: readmeHttpHooks(options),
      });
      await expectUndisturbed();
      vi.restoreAllMocks();
      await tracing.stop();
      expect(crashes).toEqual([]);
    },
  );

  it.each(sabotages)(
    'when %s fails, with hooks and ReadmeSpanExporter',
    async (_what, sabotage) => {
      sabotage();
      const exporter = new ReadmeSpanExporter(options);
      const tracing = startTracing({
        spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 10 })],
        http: readmeHttpHooks(options),
      });
      // The batch processor that fails here is the application's own, and so is its exception.
      if (_what === 'the batch processor') vi.restoreAllMocks();
      await expectUndisturbed();
      vi.restoreAllMocks();
      // It rejects where the last logs are lost, unless they were lost before.
      await tracing.stop().catch((error) => expect(error.message).toMatch(/not delivered/));
      expect(crashes).toEqual([]);
    },
  );

  it('when spans that are no spans reach processor and exporter', async () => {
    const processor = new ReadmeSpanProcessor(options);
    const exporter = new ReadmeSpanExporter(options);
    const odd = [
      {},
      { kind: 1, attributes: null },
      Object.defineProperty({ kind: 1 }, 'attributes', { get: boom }),
    ] as never[];
    for (const span of odd) {
      processor.onStart(span);
      processor.onEnd(span);
    }
    const result = await new Promise((resolve) => exporter.export(odd, resolve));
    expect(result).toMatchObject({ code: 1 });
    await Promise.all([processor.shutdown(), exporter.shutdown()]);
  });
});
