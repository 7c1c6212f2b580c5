import {
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  ServerResponse,
} from 'node:http';
import { type Attributes, type Span, TraceFlags } from '@opentelemetry/api';
import { captureSettings } from '../capture/capture-settings';
import type { Exchange } from '../capture/exchange';
import { observeExchange } from '../capture/observe-exchange';
import { documentationUrlSource } from '../delivery/client/documentation-url';
import { LogCounts } from '../delivery/log-counts';
import { prepareInstruments } from '../delivery/log-meters';
import { nameOf } from '../options/name-of';
import type { ReadmeOptions } from '../options/readme-options';
import { resolveOptions } from '../options/resolve-options';
import { Warnings } from '../options/warnings';
import { writeRecord } from '../record/write-record';
import { CallerMasks } from '../redaction/secrets';
import { encodeRecord } from './attributes';
import { exchangeSource } from './exchange-source';
import { exchangeOf, isClaimed, linkExchange, markSeen } from './span-exchanges';

/** The hooks of `@opentelemetry/instrumentation-http` that this package has a part in. */
export interface HttpHooks {
  requestHook?: (span: Span, request: ClientRequest | IncomingMessage) => void;
  responseHook?: (span: Span, response: IncomingMessage | ServerResponse) => void;
  applyCustomAttributesOnSpan?: (
    span: Span,
    request: ClientRequest | IncomingMessage,
    response: IncomingMessage | ServerResponse,
  ) => void;
}

/** The other functions of its configuration, so that TypeScript knows the types of their parameters. */
interface OtherHttpHooks {
  ignoreIncomingRequestHook?: (request: IncomingMessage) => boolean;
  ignoreOutgoingRequestHook?: (request: RequestOptions) => boolean;
  startIncomingSpanHook?: (request: IncomingMessage) => Attributes;
  startOutgoingSpanHook?: (request: RequestOptions) => Attributes;
}

/**
 * Hooks for `@opentelemetry/instrumentation-http` that put each exchange on its server span as attributes.
 *
 * ```ts
 * new HttpInstrumentation(readmeHttpHooks({ apiKey, groupingFunction }, { ignoreIncomingRequestHook }))
 * ```
 *
 * Whoever exports such a span sees bodies, headers and group, unless a {@link ReadmeSpanProcessor} is
 * among the provider's span processors: then nobody but ReadMe does. Exchanges follow the application's
 * sampler: what is not sampled is not logged.
 *
 * @param options settings; `process.env` and defaults fill what is missing.
 * @param httpConfig the rest of the instrumentation's configuration; its own hooks still run, after
 * these, and an exception in them stays without effect.
 * @throws {ReadmeOptionsError} for an option that cannot be used.
 */
export function readmeHttpHooks<Config extends object = HttpHooks>(
  options: ReadmeOptions = {},
  httpConfig?: Config & HttpHooks & OtherHttpHooks,
): Config & Required<HttpHooks> {
  const resolved = resolveOptions(options);
  const warnings = new Warnings();
  const settings = captureSettings(resolved, documentationUrlSource(resolved, warnings), warnings);
  const counts = new LogCounts();
  const masks = new CallerMasks();
  const own = httpConfig ?? ({} as Config & HttpHooks);
  return {
    ...own,

    requestHook(span, request) {
      guarded(warnings, () => own.requestHook?.(span, request));
    },

    responseHook(span, response) {
      guarded(warnings, () => {
        if (!(response instanceof ServerResponse)) return;
        markSeen(span);
        if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
        const exchange = observeExchange(response.req, response, settings);
        if (exchange === undefined) return;
        prepareInstruments();
        exchange.traceId = span.spanContext().traceId;
        linkExchange(span, exchange);
        exchange.whenSettled(() => setImmediate(() => countUnlessTaken(span, exchange, counts)));
      });
      guarded(warnings, () => own.responseHook?.(span, response));
    },

    applyCustomAttributesOnSpan(span, request, response) {
      guarded(warnings, () => putOnSpan(span, masks, counts, warnings));
      guarded(warnings, () => own.applyCustomAttributesOnSpan?.(span, request, response));
    },
  };
}

function putOnSpan(span: Span, masks: CallerMasks, counts: LogCounts, warnings: Warnings): void {
  const exchange = exchangeOf(span);
  if (exchange === undefined || isClaimed(span)) return;
  exchange.taken = true;
  if (exchange.caller !== undefined) {
    const record = writeRecord(exchangeSource(exchange, exchange.caller));
    span.setAttributes(encodeRecord(record, masks));
  } else if (exchange.lossCause !== undefined) {
    counts.dropped(exchange.lossCause);
  } else if (exchange.logged) {
    counts.dropped('group_pending');
    warnings.warnOnce(
      'README_GROUP_PENDING',
      'the promise of the grouping function was still pending when the span ended, so the exchange is not logged. Put a ReadmeSpanProcessor in place of the BatchSpanProcessor: it waits for the promise.',
    );
  }
  // From here on the span holds what is logged, and its processor's queue is what limits it.
  exchange.release();
}

/**
 * HttpInstrumentation ends a span early, without `applyCustomAttributesOnSpan`, on a response `error` or
 * a synchronous throw; it never ends the span of a pipelined request whose connection went away first.
 */
function countUnlessTaken(span: Span, exchange: Exchange, counts: LogCounts): void {
  if (exchange.taken) return;
  if (exchange.caller !== undefined) {
    counts.dropped(span.isRecording() ? 'span_unfinished' : 'span_ended_early');
  } else if (exchange.lossCause !== undefined) {
    counts.dropped(exchange.lossCause);
  }
  exchange.release();
}

function guarded(warnings: Warnings, action: () => void): void {
  try {
    action();
  } catch (error) {
    // HttpInstrumentation would swallow it too, but not every version does.
    warnings.diagOnce(
      `hook:${nameOf(error)}`,
      `an exception in a hook was caught: ${nameOf(error)}`,
    );
  }
}
