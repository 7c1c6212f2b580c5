import { metrics as otel } from '@opentelemetry/api';
import { metrics as sdk } from '@opentelemetry/sdk-node';
import { afterAll, expect, it } from 'vitest';
import { serve, startObserver } from '../support/observe';

const exporter = new sdk.InMemoryMetricExporter(sdk.AggregationTemporality.CUMULATIVE);
const reader = new sdk.PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
otel.setGlobalMeterProvider(new sdk.MeterProvider({ readers: [reader] }));

afterAll(() => reader.shutdown());

async function collected() {
  await reader.forceFlush();
  const all =
    exporter
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
  return new Map(all.map((metric) => [metric.descriptor.name, metric]));
}

it.each([true, false])(
  'the global MeterProvider and stats() say what became of logs and bodies, with backgroundWorkerMode %s',
  async (backgroundWorkerMode) => {
    const observer = await startObserver({ backgroundWorkerMode, denylist: ['password'] });
    const api = await serve((_request, response) => response.end('{"password": tru'));
    for (const path of ['/1', '/2']) {
      await (await fetch(`http://127.0.0.1:${api.port}${path}`)).text();
    }
    await observer.logs();
    expect(observer.instrumentation.stats()).toEqual({
      delivered: 2,
      dropped: {},
      spooled: 0,
      recovered: 0,
      pending: 0,
      withheldBodies: 2,
      omittedBodies: 0,
    });
    const found = await collected();
    expect(found.get('readme.logs')?.dataPoints[0]).toMatchObject({
      value: backgroundWorkerMode ? 2 : 4,
      attributes: { outcome: 'delivered' },
    });
    expect(found.get('readme.bodies.withheld')?.dataPoints[0]?.value).toBe(
      backgroundWorkerMode ? 2 : 4,
    );
    expect(found.get('readme.buffer.usage')).toMatchObject({
      descriptor: { unit: 'By' },
      dataPoints: [{ value: 0 }],
    });
    expect(found.get('readme.request.duration')).toMatchObject({
      descriptor: { unit: 's' },
      dataPoints: [{ attributes: {} }],
    });
    await api.close();
    await observer.stop();
  },
);
