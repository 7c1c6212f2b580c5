import type { ProbeResult } from '../delivery/client/probe';
import type { PipelineSettings } from '../delivery/pipeline-settings';
import { WorkerLink } from '../delivery/worker/worker-link';
import { nameOf } from '../options/name-of';

/** Milliseconds for the thread to start, on a machine that is busy. */
const START_MILLIS = 30_000;

/** What the worker thread got from the metrics server; or why there is no worker thread. */
export type WorkerProbe = ProbeResult | { readonly kind: 'no worker'; readonly reason: string };

/**
 * Asks the metrics server from the thread that sends logs. Its trust, its proxy and its modules are not those
 * of this one by nature.
 */
export async function probeInWorker(settings: PipelineSettings): Promise<WorkerProbe> {
  let link: WorkerLink | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<WorkerProbe>((resolve) => {
      // Also keeps the process alive, which the worker does not.
      timer = setTimeout(resolve, START_MILLIS + settings.timeoutMillis, {
        kind: 'no worker',
        reason: 'no answer',
      });
      link = new WorkerLink(settings, {
        onMessage: () => {},
        onExit: (reason) => resolve({ kind: 'no worker', reason }),
        onProbed: resolve,
      });
      link.post({ kind: 'probe' });
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { kind: 'no worker', reason: code ?? nameOf(error) };
  } finally {
    clearTimeout(timer);
    await link?.terminate();
  }
}
