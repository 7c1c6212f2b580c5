import { type Channel, channel } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import {
  context,
  isSpanContextValid,
  type MeterProvider,
  ROOT_CONTEXT,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { type CaptureSettings, captureSettings } from '../capture/capture-settings';
import { dropIfUncovered } from '../capture/differing-lists';
import type { Exchange, ExchangeObserver } from '../capture/exchange';
import { followFastify, leaveFastify } from '../capture/fastify-route';
import {
  headersOf,
  observeStart,
  type StartMessage,
  startMessage,
  subjectOf,
} from '../capture/observe-message';
import { OpenExchanges } from '../capture/open-exchanges';
import { documentationUrlSource } from '../delivery/client/documentation-url';
import { type ExitHook, processExit } from '../delivery/exit/process-exit';
import type { LogStats } from '../delivery/log-counts';
import { prepareInstruments } from '../delivery/log-meters';
import { getRPCMetadata, parseTraceParent } from '../opentelemetry/sdk';
import { nameOf } from '../options/name-of';
import { optionsAtStart } from '../options/options-at-start';
import type { ReadmeOptions } from '../options/readme-options';
import { unsupportedRuntime } from '../options/unsupported-runtime';
import { Warnings } from '../options/warnings';
import { VERSION } from '../version';
import { ATTRIBUTE } from './attributes';
import { ReadmeSpanProcessor } from './readme-span-processor';
import { ownerOf } from './span-exchanges';

/**
 * Logs every HTTP exchange of the process to ReadMe, with nothing else needed: one line in NodeSDK's
 * `instrumentations`, or on its own.
 *
 * It observes Node's diagnostics channels `http.server.request.start` and, where Node has it,
 * `http2.server.stream.start`. So it patches no module, works when
 * `http` was loaded before, logs all requests whatever the application's sampler does, and no other
 * exporter sees anything of them. On the application's server span it puts only `readme.log.id`.
 *
 * It starts when it is constructed, as OpenTelemetry's instrumentations do. It implements their
 * interface (`@opentelemetry/instrumentation`).
 */
export class ReadmeInstrumentation {
  readonly instrumentationName = 'readme-metrics-opentelemetry';
  readonly instrumentationVersion = VERSION;
  readonly #settings: CaptureSettings;
  readonly #processor: ReadmeSpanProcessor;
  readonly #channels: readonly Channel[] = [
    channel('http.server.request.start'),
    channel('http2.server.stream.start'),
  ];
  readonly #open = new OpenExchanges();
  readonly #observer: ExchangeObserver = {
    onHead: linkToApplicationSpan,
    onClosed: (exchange) => {
      this.#open.delete(exchange);
      this.#processor.take(exchange);
    },
  };
  readonly #exitHook: ExitHook = {
    flushBeforeExit: () => Promise.resolve(),
    // Responses that are complete close only in the next turn of the event loop, which will not come.
    flushSync: () => this.#open.closeAll(),
  };
  /** Requests that found no room: whoever observes them again counts nothing. */
  readonly #refused = new WeakSet<object>();
  #enabled = false;

  readonly #onMessage = (message: unknown): void => this.onMessage(message);

  /**
   * @param options settings; `process.env` and defaults fill what is missing.
   * @throws {ReadmeOptionsError} for an option that cannot be used.
   */
  constructor(options: ReadmeOptions = {}) {
    const warnings = new Warnings();
    const resolved = optionsAtStart(options, warnings);
    this.#settings = captureSettings(
      resolved,
      documentationUrlSource(resolved, warnings),
      warnings,
    );
    // Before the processor adds itself: what is closed here, it has still to deliver.
    processExit.add(this.#exitHook);
    this.#processor = new ReadmeSpanProcessor(options);
    const reason = unsupportedRuntime(process.versions);
    if (reason !== undefined) warnings.warnOnce('README_RUNTIME_UNSUPPORTED', reason);
    this.enable();
  }

  /** Starts to observe requests; without effect when it already does. */
  enable(): void {
    if (this.#enabled) return;
    this.#enabled = true;
    for (const each of this.#channels) each.subscribe(this.#onMessage);
    followFastify(this);
  }

  /** Stops to observe requests; those that have begun are still logged. */
  disable(): void {
    this.#enabled = false;
    for (const each of this.#channels) each.unsubscribe(this.#onMessage);
    leaveFastify(this);
  }

  /**
   * Resolves when every exchange that has ended before is delivered or given up on.
   *
   * @throws {ReadmeDeliveryError} when some of them are lost.
   */
  forceFlush(): Promise<void> {
    return this.#processor.forceFlush();
  }

  /** Stops to observe, delivers what has ended, then closes the connections. Never rejects. */
  async shutdown(): Promise<void> {
    this.disable();
    await this.#processor.shutdown();
    processExit.delete(this.#exitHook);
  }

  /**
   * Delivers what has ended, or gives it up, within `exitTimeoutMillis`. Never rejects.
   *
   * @internal
   */
  flushBeforeExit(): Promise<void> {
    this.#open.closeAll();
    return this.#processor.flushBeforeExit();
  }

  /** How many logs arrived and how many did not, by cause. */
  stats(): LogStats {
    return this.#processor.stats();
  }

  /** Without effect: this instrumentation makes no spans. */
  setTracerProvider(_provider: TracerProvider): void {}

  /** Without effect: counters go to the global MeterProvider. */
  setMeterProvider(_provider: MeterProvider): void {}

  /** Without effect: options are checked once, at construction. */
  setConfig(_config: { enabled?: boolean }): void {}

  getConfig(): { enabled: boolean } {
    return { enabled: this.#enabled };
  }

  /**
   * Logs a request that has not come to one of Node's servers, of which there is no message on a diagnostics channel:
   * `inject()`, Lambda adapters, `server.emit('request', …)`, servers of your own. Call it before the request is
   * handled, for instance in the first middleware. For a request that is observed already it does nothing, so it may
   * be called for every request, and twice. It never throws.
   *
   * @param request Node's own request: `request.raw` of Fastify, `ctx.req` of Koa.
   * @param response Node's own response.
   */
  observe(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void {
    if (!this.#enabled) return;
    try {
      const message = startMessage(request, response);
      if (response.headersSent || this.#refused.has(subjectOf(message))) return;
      this.#observe(message);
    } catch (error) {
      this.#cannotObserve(error);
    }
  }

  /**
   * Observes one exchange; the channels' subscriber, and for a request that began before there was one.
   *
   * @internal
   * @param message what Node publishes on `http.server.request.start` or `http2.server.stream.start`.
   */
  onMessage(message: unknown): void {
    // A subscriber's exception becomes an uncaught exception of the application.
    try {
      this.#observe(message as StartMessage);
    } catch (error) {
      this.#cannotObserve(error);
    }
  }

  #cannotObserve(error: unknown): void {
    this.#settings.warnings.diagOnce('start', `a request cannot be observed: ${nameOf(error)}`);
  }

  #observe(message: StartMessage): void {
    const exchange = observeStart(message, this.#settings, this.#observer);
    if (exchange === 'buffer_full') {
      this.#refused.add(subjectOf(message));
      this.#processor.lost(exchange);
    } else if (exchange !== undefined) {
      prepareInstruments();
      this.#open.add(exchange);
      // Without a span of its own, the trace is the one that the client says it is part of.
      const { traceparent } = headersOf(message);
      if (typeof traceparent === 'string') {
        exchange.traceId = parseTraceParent(traceparent)?.traceId;
      }
    }
  }
}

/**
 * The response head is written in the application's context, where its server span is in the RPC
 * metadata; the active span may be one of a middleware, but it is of the same trace.
 */
function linkToApplicationSpan(exchange: Exchange): void {
  const active = context.active();
  // The usual case without an SDK.
  if (active === ROOT_CONTEXT) return;
  const metadata = getRPCMetadata(active);
  const spanContext = (metadata?.span ?? trace.getSpan(active))?.spanContext();
  if (spanContext === undefined || !isSpanContextValid(spanContext)) return;
  exchange.traceId = spanContext.traceId;
  if (metadata === undefined) return;
  const owner = ownerOf(metadata.span);
  if (owner !== undefined) dropIfUncovered(exchange, owner.lists);
  metadata.span.setAttribute(ATTRIBUTE.logId, exchange.logId);
  // The route may become known only later, to instrumentations that look when the handler is done.
  exchange.routeSource = metadata;
}
