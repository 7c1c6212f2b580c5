import type { WorkerOptions } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pipelineSettings } from '../../../src/delivery/pipeline-settings';
import { WorkerLink } from '../../../src/delivery/worker/worker-link';
import { type FromWorker, monotonicMillis } from '../../../src/delivery/worker/worker-messages';
import { resolveOptions } from '../../../src/options/resolve-options';

/** What the next worker thread does in place of ours. */
const thread = vi.hoisted(() => ({ code: '' }));

vi.mock('node:worker_threads', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:worker_threads')>();
  class ScriptedWorker extends original.Worker {
    constructor(_file: string, options: WorkerOptions) {
      super(
        `const { port, signals: flushed } = require('node:worker_threads').workerData;
        const done = (id) => { Atomics.store(flushed, 0, id); Atomics.notify(flushed, 0); };
        port.on('message', async ({ kind, id }) => { if (kind === 'flush') { ${thread.code} } });`,
        { ...options, eval: true },
      );
    }
  }
  return { ...original, Worker: ScriptedWorker };
});

const links: WorkerLink[] = [];
afterEach(() => Promise.all(links.splice(0).map((link) => link.terminate())));

function linkTo(code: string): { link: WorkerLink; received: FromWorker[] } {
  thread.code = code;
  const received: FromWorker[] = [];
  const settings = pipelineSettings(resolveOptions({ apiKey: 'key' }, {}));
  const link = new WorkerLink(settings, {
    onMessage: (message) => received.push(message),
    onExit: () => {},
  });
  links.push(link);
  return { link, received };
}

const flush = (id: number, bound: number) =>
  ({ kind: 'flush', id, endAt: monotonicMillis() + bound, retryMillis: bound }) as const;

describe('a blocking flush', () => {
  it('waits for itself, though an earlier flush is done meanwhile', () => {
    const { link, received } = linkTo(`
      if (id === 1) return;
      done(1);
      await new Promise((resolve) => setTimeout(resolve, 100));
      port.postMessage({ kind: 'flushed', id: 2 });
      done(2);`);
    link.post(flush(1, 60_000));
    link.flushBlocking(flush(2, 60_000), 60_000);
    expect(received).toEqual([{ kind: 'flushed', id: 2 }]);
  });

  it('does not wait for a flush that was done before it began to wait', () => {
    const { link, received } = linkTo(`
      port.postMessage({ kind: 'flushed', id });
      done(id);`);
    link.flushBlocking(flush(1, 60_000), 60_000);
    expect(received).toEqual([{ kind: 'flushed', id: 1 }]);
  });

  it('ends with its time, however often it is woken', () => {
    const { link } = linkTo(`
      const wake = () => { Atomics.notify(flushed, 0); setTimeout(wake, 5); };
      wake();`);
    const started = performance.now();
    link.flushBlocking(flush(1, 200), 200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(195);
  });
});
