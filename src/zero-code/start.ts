import { resolve } from 'node:path';
import { ReadmeOptionsError } from '../options/checks';
import { diagnostics } from '../options/diagnostics';
import { Warnings } from '../options/warnings';
import { ReadmeInstrumentation } from '../spans/readme-instrumentation';
import { VERSION } from '../version';
import { flushOnSignals } from './flush-on-signals';

/**
 * Starts a ReadmeInstrumentation with the settings of the environment. A setting that cannot be used is
 * told once, and nothing is logged: half a configuration might have lost its denylist.
 *
 * @param workingDirectory to which the path of the grouping function is relative.
 * @param firstRequest message of a diagnostics channel about a request that has just begun.
 */
export function startZeroCode(workingDirectory: string, firstRequest?: unknown): void {
  diagnostics.showWithoutLogger(process.env.OTEL_LOG_LEVEL);
  const readme = instrumentation(workingDirectory);
  if (readme === undefined) return;
  if (firstRequest !== undefined) readme.onMessage(firstRequest);
  flushOnSignals(readme);
  diagnostics.say(
    'info',
    `readme-metrics-opentelemetry ${VERSION} logs the HTTP requests of this process to ReadMe`,
  );
}

function instrumentation(workingDirectory: string): ReadmeInstrumentation | undefined {
  try {
    const specifier = process.env.README_GROUPING_FUNCTION?.trim();
    return new ReadmeInstrumentation(
      specifier?.startsWith('.') ? { groupingFunction: resolve(workingDirectory, specifier) } : {},
    );
  } catch (error) {
    if (!(error instanceof ReadmeOptionsError)) throw error;
    new Warnings().warnOnce('README_INVALID_OPTIONS', `nothing is logged: ${error.message}`);
    return undefined;
  }
}
