import {
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  ServerResponse,
} from 'node:http';
import { type Attributes, type Span, TraceFlags } from '@opentelemetry/api';
import { captureSettings } from '../capture/capture-settings';
import { followFastify } from '../capture/fastify-route';
import { observeExchange } from '../capture/observe-exchange';
import { documentationUrlSource } from '../delivery/client/documentation-url';
import { prepareInstruments } from '../delivery/log-meters';
import { nameOf } from '../options/name-of';
import { optionsAtStart } from '../options/options-at-start';
import type { ReadmeOptions } from '../options/readme-options';
import { unsupportedRuntime } from '../options/unsupported-runtime';
import { Warnings } from '../options/warnings';
import { warnOfLateHooks } from './late-hooks';
import { SpanAttributes } from './span-attributes';
import { linkExchange, markSeen, ownerOf } from './span-exchanges';

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
 * Whoever exports such a span sees bodies, headers and group, with the option `filterSpans` as far as the lists
 * let them through; unless a {@link ReadmeSpanProcessor} is among the provider's span processors: then only ReadMe
 * does. Exchanges follow the application's
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
  const warnings = new Warnings();
  const resolved = optionsAtStart(options, warnings);
  const settings = captureSettings(resolved, documentationUrlSource(resolved, warnings), warnings);
  const spanAttributes = new SpanAttributes(resolved, warnings);
  followFastify(spanAttributes);
  warnOfLateHooks(warnings);
  const unsupported = unsupportedRuntime(process.versions);
  if (unsupported !== undefined) warnings.warnOnce('README_RUNTIME_UNSUPPORTED', unsupported);
  const own = httpConfig ?? ({} as Config & HttpHooks);
  return {
    ...own,

    requestHook(span, request) {
      try {
        own.requestHook?.(span, request);
      } catch (error) {
        report(error, warnings);
      }
    },

    responseHook(span, response) {
      try {
        if (response instanceof ServerResponse) observe(span, response);
      } catch (error) {
        report(error, warnings);
      }
      try {
        own.responseHook?.(span, response);
      } catch (error) {
        report(error, warnings);
      }
    },

    applyCustomAttributesOnSpan(span, request, response) {
      try {
        spanAttributes.putOn(span);
      } catch (error) {
        report(error, warnings);
      }
      try {
        own.applyCustomAttributesOnSpan?.(span, request, response);
      } catch (error) {
        report(error, warnings);
      }
    },
  };

  function observe(span: Span, response: ServerResponse): void {
    markSeen(span);
    // Bun calls hooks, but what can be seen there is not what goes over the wire.
    if (unsupported !== undefined) return;
    const { traceId, traceFlags } = span.spanContext();
    if ((traceFlags & TraceFlags.SAMPLED) === 0) return;
    spanAttributes.begin(span);
    const exchange = observeExchange(response.req, response, settings, spanAttributes);
    if (exchange === 'buffer_full') {
      (ownerOf(span) ?? spanAttributes).lost(exchange);
    } else if (exchange !== undefined) {
      prepareInstruments();
      exchange.traceId = traceId;
      linkExchange(span, exchange);
    }
  }
}

/** HttpInstrumentation would swallow the exception of a hook too, but not every version does. */
function report(error: unknown, warnings: Warnings): void {
  warnings.diagOnce(`hook:${nameOf(error)}`, `an exception in a hook was caught: ${nameOf(error)}`);
}
