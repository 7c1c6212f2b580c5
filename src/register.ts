/**
 * Zero-code entry: `node --require readme-metrics-opentelemetry/register app.js`, or `--import`.
 *
 * With NODE_OPTIONS every Node process loads this file, npm among them. So it loads nothing but what
 * Node has loaded anyway, and waits until the process turns out to be an HTTP server.
 */
import {
  type ChannelListener,
  hasSubscribers,
  subscribe,
  unsubscribe,
} from 'node:diagnostics_channel';

const REQUEST = 'http.server.request.start';
/** Of HTTP/2; not every Node publishes it. */
const STREAM = 'http2.server.stream.start';
/**
 * What is loaded before the port is open, no request waits for. Not every runtime publishes it: without it, the
 * first request starts what a listening server would.
 */
const LISTEN = 'tracing:net.server.listen:asyncStart';
/**
 * Two installed copies, or two flags, must not log everything twice. All copies know a channel by its name; on
 * `globalThis`, test runners look for what was leaked.
 */
const REGISTERED = 'readme-metrics-opentelemetry.register';

/** Applications may change it before the first request. */
const workingDirectory = process.cwd();

/** What holds at the start of the process, for `options/tls-verification.ts`: the application may change it. */
const verifyTls = process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0';

if (isNodeNewEnough() && !isSdkDisabled() && !hasSubscribers(REGISTERED)) {
  subscribe(REGISTERED, (question) => Object.assign(question as object, { verifyTls }));
  subscribe(REQUEST, onRequest);
  subscribe(STREAM, onRequest);
  subscribe(LISTEN, onListen);
  if (process.versions.bun !== undefined) warnOfRuntime();
}

function warnOfRuntime(): void {
  const runtime =
    require('./options/unsupported-runtime') as typeof import('./options/unsupported-runtime');
  const reason = runtime.unsupportedRuntime(process.versions);
  if (reason !== undefined) warn('README_RUNTIME_UNSUPPORTED', reason);
}

/** With NODE_OPTIONS, a process of an older Node.js must not end because of this package. */
function isNodeNewEnough(): boolean {
  return typeof subscribe === 'function';
}

/** OpenTelemetry's own switch; its specification knows `true` alone. */
function isSdkDisabled(): boolean {
  return process.env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true';
}

function onRequest(message: unknown): void {
  start(message);
}

function onListen(message: unknown): void {
  const { server } = message as { server?: object };
  // Not for every server on a socket: loading takes longer than some of them live.
  // Of HTTP/1, or of HTTP/2.
  const isHttp = server && ('maxRequestsPerSocket' in server || 'updateSettings' in server);
  if (!isHttp) return;
  start();
}

function stopWaiting(): void {
  unsubscribe(REQUEST, onRequest as ChannelListener);
  unsubscribe(STREAM, onRequest as ChannelListener);
  unsubscribe(LISTEN, onListen as ChannelListener);
}

let started = false;

/** @param firstRequest the message of a request that came before anything was loaded. */
function start(firstRequest?: unknown): void {
  stopWaiting();
  if (started) return;
  started = true;
  // A subscriber's exception would be an uncaught exception of the application.
  try {
    const { isMainThread } = require('node:worker_threads') as typeof import('node:worker_threads');
    if (!isMainThread) return;
    const { startZeroCode } = require('./zero-code/start') as typeof import('./zero-code/start');
    startZeroCode(workingDirectory, firstRequest);
  } catch (error) {
    warn('README_NOT_STARTED', notStarted(error));
  }
}

/** Loads no more than it has to: what cannot be loaded may be the reason. */
function notStarted(error: unknown): string {
  const { causeOf } = require('./zero-code/cause') as typeof import('./zero-code/cause');
  return `cannot be started, nothing is logged: ${causeOf(error)}`;
}

function warn(code: string, message: string): void {
  process.emitWarning(`readme-metrics-opentelemetry: ${message}`, {
    type: 'ReadmeMetricsWarning',
    code,
  });
}
