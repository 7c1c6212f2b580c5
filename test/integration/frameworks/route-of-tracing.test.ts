import { createServer } from 'node:http';
import { context } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import Koa from 'koa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../support/http-client';
import { closeServer, entryOf, listen, type Observer, startObserver } from '../../support/observe';
import { startTracing, type Tracing } from '../../support/tracing';

describe('a framework whose OpenTelemetry instrumentation knows the route', () => {
  let tracing: Tracing;
  let observer: Observer;
  beforeAll(async () => {
    const spans = new SimpleSpanProcessor(new InMemorySpanExporter());
    tracing = startTracing({ spanProcessors: [spans] });
    observer = await startObserver();
  });
  afterAll(async () => {
    await observer.stop();
    await tracing.stop();
  });

  it('has its logs named by that route', async () => {
    const app = new Koa();
    app.use((ctx) => {
      // What the instrumentations of Koa, Fastify and Hapi do.
      const metadata = getRPCMetadata(context.active());
      if (metadata?.type === RPCType.HTTP) metadata.route = '/users/:id';
      ctx.body = 'hoot';
    });
    const server = createServer(app.callback());
    const port = await listen(server);
    await send({ port }, { path: '/users/7?page=2' });
    const logs = await observer.logs();
    await closeServer(server);
    expect(entryOf(logs[0]).pageref).toBe(`http://127.0.0.1:${port}/users/:id`);
    expect(entryOf(logs[0]).request.url).toBe(`http://127.0.0.1:${port}/users/7?page=2`);
  });
});
