import { diag } from '@opentelemetry/api';
import { ReadmeOptionsError } from '../options/checks';
import { Warnings } from '../options/warnings';
import { ReadmeInstrumentation } from '../spans/readme-instrumentation';
import { VERSION } from '../version';
import { flushOnSignals } from './flush-on-signals';

/**
 * Starts a ReadmeInstrumentation with the settings of the environment. A setting that cannot be used is
 * told once, and nothing is logged: half a configuration might have lost its denylist.
 *
 * @param firstRequest message of `http.server.request.start` for a request that has just begun.
 */
export function startZeroCode(firstRequest?: unknown): void {
  const readme = instrumentation();
  if (readme === undefined) return;
  if (firstRequest !== undefined) readme.observe(firstRequest);
  flushOnSignals(() => readme.forceFlush());
  diag.info(
    `readme-metrics-opentelemetry ${VERSION} logs the HTTP requests of this process to ReadMe`,
  );
}

function instrumentation(): ReadmeInstrumentation | undefined {
  try {
    return new ReadmeInstrumentation();
  } catch (error) {
    if (!(error instanceof ReadmeOptionsError)) throw error;
    new Warnings().warnOnce('README_OPTIONS', `nothing is logged: ${error.message}`);
    return undefined;
  }
}
