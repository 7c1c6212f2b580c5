import { Worker, type WorkerOptions } from 'node:worker_threads';
import { afterEach, expect, it, vi } from 'vitest';
import type { Outcome, PendingLog } from '../../../src/delivery/pipeline';
import { pipelineSettings } from '../../../src/delivery/pipeline-settings';
import { WorkerPipeline } from '../../../src/delivery/worker/worker-pipeline';
import { resolveOptions } from '../../../src/options/resolve-options';
import { PATIENCE_MILLIS } from '../../support/patience';
import { recordOf, sampleExchange } from '../../support/sample-exchanges';

/**
 * The worker thread, stopped by a busy machine where it does the most harm: after it has reported a flush, before the
 * blocked thread sees that, and again before that is woken.
 */
vi.mock('node:worker_threads', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:worker_threads')>();
  class SlowWorker extends original.Worker {
    constructor(file: string, options: WorkerOptions) {
      if (!file.endsWith('worker.js')) {
        super(file, options);
        return;
      }
      const code = `
        const pause = Atomics.wait.bind(Atomics, new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
        for (const name of ['store', 'add', 'notify']) {
          const act = Atomics[name];
          Atomics[name] = (...what) => { pause(); return act(...what); };
        }
        require(${JSON.stringify(file)});`;
      super(code, { ...options, eval: true });
    }
  }
  return { ...original, Worker: SlowWorker };
});

/** On a thread of its own, because the one of the test is blocked. */
const SERVER = `
  const { parentPort } = require('node:worker_threads');
  let logs = 0;
  const server = require('node:http').createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      logs += JSON.parse(Buffer.concat(chunks)).length;
      response.writeHead(202).end();
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
  parentPort.on('message', () => parentPort.postMessage(logs));`;

const server = new Worker(SERVER, { eval: true });
const heard = () => new Promise<number>((resolve) => server.once('message', resolve));
const ends: (() => Promise<unknown>)[] = [() => server.terminate()];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

it('at a natural end with exchanges still open, their logs arrive however late the flush before them is over', async () => {
  const port = await heard();
  const options = { apiKey: 'key', metricsServer: `http://127.0.0.1:${port}` };
  const settings = pipelineSettings(resolveOptions(options, {}));
  const ignore = () => {};
  const pipeline = new WorkerPipeline(
    settings,
    { warnOnce: ignore, diagOnce: ignore, debug: ignore },
    { onRequest: ignore, onFailure: ignore, onWithheld: ignore, onRecovered: ignore },
  );
  ends.push(() => pipeline.close());
  const outcomes: Outcome[] = [];
  const logs = (count: number): PendingLog[] =>
    Array.from({ length: count }, () => ({
      record: recordOf(sampleExchange()),
      onResult: (outcome) => outcomes.push(outcome),
    }));
  const flush = { boundMillis: PATIENCE_MILLIS, retryMillis: PATIENCE_MILLIS };

  // What has ended is flushed by `beforeExit`, what is still open by `exit`.
  pipeline.add(logs(3));
  await pipeline.flushBeforeExit(flush);
  pipeline.add(logs(57));
  pipeline.flushSync(flush);

  expect(outcomes).toEqual(Array(60).fill('delivered'));
  const arrived = heard();
  server.postMessage('count');
  expect(await arrived).toBe(60);
});
