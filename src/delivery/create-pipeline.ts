import type { ResolvedOptions } from '../options/readme-options';
import type { Reporter } from '../options/warnings';
import { withTracingSuppressed } from './client/with-tracing-suppressed';
import type { DeliverBlocking } from './inline-pipeline';
import { createInlinePipeline } from './load-inline-pipeline';
import type { Pipeline, PipelineObserver } from './pipeline';
import { pipelineSettings } from './pipeline-settings';
import { WorkerPipeline } from './worker/worker-pipeline';

/** The pipeline that the options describe: in a worker thread, or on this one. */
export function createPipeline(
  options: ResolvedOptions,
  reporter: Reporter,
  observer: PipelineObserver,
): Pipeline {
  const settings = pipelineSettings(options);
  const background = () => new WorkerPipeline(settings, reporter, observer);
  if (options.backgroundWorkerMode) return background();
  // At the end of the process this thread can only block, and another one has to send.
  const deliverBlocking: DeliverBlocking = (logs, flush) => {
    const atExit = background();
    atExit.add(logs);
    atExit.flushSync(flush);
  };
  return createInlinePipeline(settings, reporter, observer, {
    withTracingSuppressed,
    deliverBlocking,
  });
}
