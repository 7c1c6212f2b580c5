import type { Reporter } from '../../options/warnings';
import { withTracingSuppressed } from '../client/with-tracing-suppressed';
import { createInlinePipeline } from '../load-inline-pipeline';
import type { PendingLog, PipelineObserver } from '../pipeline';
import type { PipelineSettings } from '../pipeline-settings';

/** So long it is tried at least, which is enough for one file. */
const KEEPING_MILLIS = 50;

export function canKeepHere({ spoolDirectory, dryRun }: PipelineSettings): boolean {
  return spoolDirectory !== undefined && !dryRun;
}

/**
 * Writes logs to `spoolDirectory` on this thread: the process is about to end, and takes less time for that than a
 * worker thread takes to start.
 */
export function keepHere(
  logs: readonly PendingLog[],
  boundMillis: number,
  settings: PipelineSettings,
  reporter: Reporter,
  observer: PipelineObserver,
): void {
  const end = performance.now() + boundMillis;
  const pipeline = createInlinePipeline(settings, reporter, observer, { withTracingSuppressed });
  pipeline.add(logs);
  const left = Math.max(end - performance.now(), KEEPING_MILLIS);
  pipeline.flushSync({ boundMillis: left, retryMillis: 0 });
}
