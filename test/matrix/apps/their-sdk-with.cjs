'use strict';

// The OpenTelemetry that an application had before: NodeSDK, HttpInstrumentation, and an exporter of its
// own behind a BatchSpanProcessor. What that exporter gets is reported to the parent at the end.

const { onEnd } = require('./application.cjs');

/** @param classes of the SDK, as CommonJS or ES modules have them. */
module.exports = ({ NodeSDK, HttpInstrumentation, BatchSpanProcessor }) => {
  /** A BatchSpanProcessor of theirs: its arguments differ between SDK 2.x and 3.x. */
  const batches = (exporter) =>
    process.env.MATRIX_SDK_MAJOR === '2'
      ? new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1000 })
      : new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1000 });

  const startSdk = ({ http, spanProcessors = [], instrumentations = [], end } = {}) => {
    const exporter = collect();
    const sdk = new NodeSDK({
      spanProcessors: [batches(exporter), ...spanProcessors],
      instrumentations: [new HttpInstrumentation(http), ...instrumentations],
    });
    sdk.start();
    // The instrumentation patches `http` when it is required next; an import needs a loader for that.
    require('node:http');
    onEnd(async () => {
      await Promise.all([sdk.shutdown(), end?.()]);
      return { spans: exporter.spans };
    });
  };

  return { batches, startSdk };
};

function collect() {
  const spans = [];
  return {
    spans,
    export(batch, done) {
      for (const span of batch) {
        const { kind, attributes } = span;
        spans.push({ kind, attributes, traceId: span.spanContext().traceId });
      }
      done({ code: 0 });
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}
