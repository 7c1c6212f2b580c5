import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ReadmeInstrumentation,
  type ReadmeOptions,
  ReadmeSpanExporter,
  ReadmeSpanProcessor,
  readmeHttpHooks,
} from '../../src/index';
import { type LocalMetricsServer, startLocalMetricsServer } from '../../src/local/metrics-server';
import { listsAsText, listsCover } from '../../src/options/lists-as-text';
import { API_KEY, outcomes, serve } from '../support/observe';
import { rounds } from '../support/patience';
import { startTracing, type Tracing } from '../support/tracing';
import { collectWarnings } from '../support/warnings';

const warnings = collectWarnings();
const told = () => warnings.map(({ code }) => code);

let metrics: LocalMetricsServer;
let options: ReadmeOptions;
let tracing: Tracing | undefined;

beforeEach(async () => {
  metrics = await startLocalMetricsServer();
  options = { apiKey: API_KEY, metricsServer: metrics.url };
});
afterEach(async () => {
  await tracing?.stop();
  tracing = undefined;
  await metrics.close();
});

/** Two requests, whose bodies hold a password. */
async function exchanges(): Promise<void> {
  const server = await serve((req, res) => {
    res.setHeader('Content-Type', 'application/json');
    req.pipe(res);
  });
  for (let count = 0; count < 2; count++) {
    const response = await fetch(`http://127.0.0.1:${server.port}/?password=SECRETV`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"password":"SECRETV","card":"SECRETC"}',
    });
    await response.arrayBuffer();
  }
  await rounds();
  await server.close();
}

const withPassword = { denylist: ['password'] };
const sent = () => JSON.stringify(metrics.logs);

describe('a second observer with other lists', () => {
  const pairs: [string, ReadmeOptions, ReadmeOptions][] = [
    ['no list, a denylist', {}, withPassword],
    ['another denylist', { denylist: ['card'] }, withPassword],
    ['an allowlist, a denylist', { allowlist: ['password'] }, withPassword],
    ['a longer allowlist', { allowlist: ['card', 'password'] }, { allowlist: ['card'] }],
    ['no list, an allowlist', {}, { allowlist: ['card'] }],
  ];
  it.each(pairs)('has nothing logged, and one warning: %s', async (_what, first, second) => {
    const one = new ReadmeInstrumentation({ ...options, ...first });
    const two = new ReadmeInstrumentation({ ...options, ...second });
    await exchanges();
    await Promise.all([one.shutdown(), two.shutdown()]);
    expect(metrics.logs).toEqual([]);
    expect(outcomes(one).dropped).toEqual({ lists_differ: 2 });
    expect(told()).toEqual(['README_LISTS_DIFFER']);
  });

  const covering: [string, ReadmeOptions, ReadmeOptions][] = [
    ['the same lists', withPassword, withPassword],
    ['none', withPassword, {}],
    ['a shorter denylist', { denylist: ['card', 'password'] }, withPassword],
    ['a longer allowlist', { allowlist: ['name'] }, { allowlist: ['name', 'other'] }],
  ];
  it.each(covering)(
    'that hides no more than the first changes nothing: %s',
    async (_what, first, second) => {
      const one = new ReadmeInstrumentation({ ...options, ...first });
      const two = new ReadmeInstrumentation({ ...options, ...second });
      await exchanges();
      await Promise.all([one.shutdown(), two.shutdown()]);
      expect(metrics.logs).toHaveLength(2);
      expect(sent()).not.toContain('SECRETV');
      expect(told()).toEqual([]);
    },
  );

  it('for other hosts says nothing about these', async () => {
    const one = new ReadmeInstrumentation(options);
    const two = new ReadmeInstrumentation({
      ...options,
      ...withPassword,
      allowedHttpHosts: ['other.example'],
    });
    await exchanges();
    await Promise.all([one.shutdown(), two.shutdown()]);
    expect(metrics.logs).toHaveLength(2);
    expect(told()).toEqual([]);
  });

  it('that has been shut down has no say', async () => {
    const one = new ReadmeInstrumentation(options);
    const two = new ReadmeInstrumentation({ ...options, ...withPassword });
    await two.shutdown();
    await exchanges();
    await one.shutdown();
    expect(metrics.logs).toHaveLength(2);
  });

  it('may be hooks', async () => {
    const processor = new ReadmeSpanProcessor({ ...options, ...withPassword });
    tracing = startTracing({
      spanProcessors: [processor],
      http: readmeHttpHooks({ ...options, ...withPassword }),
    });
    const one = new ReadmeInstrumentation(options);
    await exchanges();
    await Promise.all([one.shutdown(), processor.forceFlush()]);
    expect(metrics.logs).toEqual([]);
    expect(told()).toEqual(['README_LISTS_DIFFER']);
  });

  it('may be a ReadmeSpanProcessor without hooks', async () => {
    tracing = startTracing({
      spanProcessors: [new ReadmeSpanProcessor({ ...options, ...withPassword })],
    });
    const one = new ReadmeInstrumentation(options);
    await exchanges();
    await one.shutdown();
    expect(metrics.logs).toEqual([]);
    expect(told()).toContain('README_LISTS_DIFFER');
  });

  it('may be a second ReadmeSpanProcessor', async () => {
    const processors = [
      new ReadmeSpanProcessor(options),
      new ReadmeSpanProcessor({ ...options, ...withPassword }),
    ];
    tracing = startTracing({ spanProcessors: processors, http: readmeHttpHooks(options) });
    await exchanges();
    await Promise.all(processors.map((each) => each.forceFlush()));
    expect(metrics.logs).toEqual([]);
    expect(told()).toEqual(['README_LISTS_DIFFER']);
  });
});

describe('hooks with a list that the exporter does not have', () => {
  async function exported(ofHooks: ReadmeOptions, ofExporter: ReadmeOptions) {
    const exporter = new ReadmeSpanExporter({ ...options, ...ofExporter });
    tracing = startTracing({
      spanProcessors: [new BatchSpanProcessor(exporter)],
      http: readmeHttpHooks({ ...options, ...ofHooks }),
    });
    await exchanges();
    await tracing.provider.forceFlush().catch(() => {});
    await exporter.forceFlush().catch(() => {});
    await rounds();
    return outcomes(exporter);
  }

  it('have nothing logged, and one warning', async () => {
    expect((await exported(withPassword, {})).dropped).toEqual({ lists_differ: 2 });
    expect(metrics.logs).toEqual([]);
    expect(told()).toEqual(['README_LISTS_DIFFER']);
  });

  it('are no reason when the exporter hides all that they do', async () => {
    expect(await exported({}, withPassword)).toEqual({ delivered: 2, dropped: {} });
    expect(sent()).not.toContain('SECRETV');
    expect(told()).toEqual([]);
  });
});

it('RegExps are the same when their source and flags are', () => {
  const text = (denylist: (string | RegExp)[]) => listsAsText({ denylist, allowlist: undefined });
  expect(listsCover(text([/a/i, 'b']), text([/a/i]))).toBe(true);
  expect(listsCover(text([/a/i]), text([/a/]))).toBe(false);
  expect(listsCover(text([]), text(['a']))).toBe(false);
  expect(listsCover(text(['a']), text([]))).toBe(true);
});
