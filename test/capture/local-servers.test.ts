import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type Server } from 'node:http';
import { expect, it, vi } from 'vitest';
import { isLocalMetricsServer } from '../../src/capture/local-servers';
import { startLocalMetricsServer } from '../../src/local/metrics-server';

it('recognises a local metrics server in the channel that announces requests', async () => {
  const servers: Server[] = [];
  const onRequest = (message: unknown) => servers.push((message as { server: Server }).server);
  subscribe('http.server.request.start', onRequest);
  const metrics = await startLocalMetricsServer();
  try {
    await fetch(`${metrics.url}/api/v1/`);
    expect(servers.map(isLocalMetricsServer)).toEqual([true]);
  } finally {
    unsubscribe('http.server.request.start', onRequest);
    await metrics.close();
  }
});

it('recognises one that was started by another instance of the module', async () => {
  vi.resetModules();
  const other = await import('../../src/capture/local-servers');
  const server = createServer();
  other.markLocalMetricsServer(server);

  expect(other.isLocalMetricsServer).not.toBe(isLocalMetricsServer);
  expect(isLocalMetricsServer(server)).toBe(true);
  expect(Object.keys(server)).toEqual(Object.keys(createServer()));
});

it('takes no other server, and nothing else, for one', () => {
  expect(isLocalMetricsServer(createServer())).toBe(false);
  for (const value of [undefined, null, 'server', 1, {}]) {
    expect(isLocalMetricsServer(value)).toBe(false);
  }
});
