import type { Server } from 'node:http';

/**
 * A registered symbol rather than a WeakSet: with Jest, or with two versions of this package in one
 * process, the server and the instrumentation come from different instances of this module.
 */
const LOCAL_METRICS_SERVER = Symbol.for('readme-metrics-opentelemetry.local-metrics-server');

/** Marks `server` as one that receives logs, whose own exchanges must not be logged. */
export function markLocalMetricsServer(server: Server): void {
  Object.defineProperty(server, LOCAL_METRICS_SERVER, { value: true });
}

/**
 * True when `server` is a local metrics server. It often runs in the same process as the servers
 * that are logged, and logging what it receives would make new logs without end.
 */
export function isLocalMetricsServer(server: unknown): boolean {
  return typeof server === 'object' && server !== null && LOCAL_METRICS_SERVER in server;
}
