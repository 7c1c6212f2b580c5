import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ready, useDeliveryRuns } from '../../support/delivery-runs';
import { NEVER_MILLIS, PATIENCE_MILLIS, rounds, until } from '../../support/patience';
import { namesIn, newFolder, removeFolders } from '../../support/spools';
import { collectWarnings } from '../../support/warnings';

/** The threads that were started, and what the next one is to fail with. */
const threads = vi.hoisted(() => ({
  started: [] as Worker[],
  failure: undefined as undefined | 'constructor' | 'file' | 'start',
}));

vi.mock('node:worker_threads', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:worker_threads')>();
  class WatchedWorker extends original.Worker {
    constructor(file: string, options: import('node:worker_threads').WorkerOptions) {
      if (threads.failure === 'constructor') {
        throw Object.assign(new Error('on purpose'), { code: 'ERR_WORKER_UNSUPPORTED_OPERATION' });
      }
      if (threads.failure === 'start') super('throw null', { ...options, eval: true });
      else super(file, options);
      threads.started.push(this);
    }
  }
  return { ...original, Worker: WatchedWorker };
});

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>();
  const existsSync = (path: string) =>
    !(threads.failure === 'file' && path.endsWith('worker.js')) && original.existsSync(path);
  return { ...original, existsSync };
});

const start = useDeliveryRuns();
const warnings = collectWarnings();
const options = { backgroundWorkerMode: true };

beforeEach(() => {
  threads.started.length = 0;
  threads.failure = undefined;
  return removeFolders;
});

describe('a worker thread that ends unexpectedly', () => {
  it.each<[string, (thread: Worker) => unknown]>([
    ['is terminated', (thread) => thread.terminate()],
    ['fails', (thread) => thread.emit('error', new Error('on purpose'))],
    ['fails with what is no error', (thread) => thread.emit('error', null)],
  ])('costs what it had, is told of once, and is replaced: it %s', async (_how, end) => {
    const { server, readme, visit, visitApart, counts } = await ready(await start(options));
    server.answer = () => {};
    await visitApart(2);
    await end(threads.started[0] as Worker);
    await until(() => counts().dropped.worker_crashed !== undefined);
    expect(counts()).toMatchObject({ delivered: 1, dropped: { worker_crashed: 2 }, pending: 0 });
    server.answer = server.take;
    server.forget();
    await visit(3);
    await readme.forceFlush();
    expect(counts()).toMatchObject({ delivered: 4, dropped: { worker_crashed: 2 } });
    expect(server.taken).toEqual(['/2', '/3', '/4']);
    expect(threads.started).toHaveLength(2);
    await (threads.started[1] as Worker).terminate();
    await rounds();
    expect(warnings.map(({ code }) => code)).toEqual(['README_WORKER_CRASHED']);
    expect(warnings[0]?.message).toMatch(/2 logs were lost.*backgroundWorkerMode/);
  });

  it('is told to who flushes', async () => {
    const { server, readme, visitApart } = await ready(await start(options));
    server.answer = () => {};
    await visitApart(2);
    const flushed = readme.forceFlush();
    const lost = expect(flushed).rejects.toMatchObject({ lost: 2, dropped: { worker_crashed: 2 } });
    await (threads.started[0] as Worker).terminate();
    await lost;
  });

  it('does not hold up a shutdown, which delivers what came later', async () => {
    const { server, readme, visit, visitApart, counts } = await ready(await start(options));
    server.answer = () => {};
    await visitApart(1);
    await (threads.started[0] as Worker).terminate();
    await until(() => counts().dropped.worker_crashed === 1);
    server.answer = server.take;
    await visit(2);
    await readme.shutdown();
    expect(counts()).toMatchObject({ delivered: 3, dropped: { worker_crashed: 1 } });
  });

  it('while the process leaves does not hold it up', async () => {
    const { server, readme, visitApart, counts } = await ready(
      await start({ ...options, timeoutMillis: NEVER_MILLIS, exitTimeoutMillis: NEVER_MILLIS }),
    );
    server.answer = () => {};
    await visitApart(1);
    const left = readme.flushBeforeExit();
    await sleep(100);
    await (threads.started[0] as Worker).terminate();
    await left;
    expect(counts().dropped).toEqual({ worker_crashed: 1 });
  });
});

describe('a worker thread that cannot be started', () => {
  it.each([
    ['constructor', /ERR_WORKER_UNSUPPORTED_OPERATION/],
    ['file', /worker\.js of this package is not there \(ERR_README_WORKER_MISSING\)/],
    ['start', /cannot be started: .*\(object\)/],
  ] as const)(
    'is told of once, and logs are sent from the main thread: %s',
    async (failure, reason) => {
      threads.failure = failure;
      const { server, readme, visit, counts } = await start(options);
      await visit(2);
      await readme.forceFlush();
      await visit(2);
      await readme.forceFlush();
      expect(counts()).toMatchObject({ delivered: 4, dropped: {} });
      expect(server.taken).toEqual(['/0', '/1', '/2', '/3']);
      expect(warnings.map(({ code }) => code)).toEqual(['README_WORKER_UNAVAILABLE']);
      expect(warnings[0]?.message).toMatch(reason);
      expect(warnings[0]?.message).toMatch(/README_BACKGROUND_WORKER_MODE/);
    },
  );

  it('leaves the last logs of a process that exits in spoolDirectory', async () => {
    threads.failure = 'file';
    const spoolDirectory = newFolder();
    const { server, visit, counts } = await start({ ...options, spoolDirectory });
    server.answer = () => {};
    await visit(2);
    process.listeners('exit').at(-1)?.(0);
    expect(counts()).toMatchObject({ delivered: 0, dropped: {}, spooled: 2 });
    expect(namesIn(spoolDirectory)).toHaveLength(1);
  });
});

describe('a worker thread with logs that nobody needs to wait for', () => {
  it('is flushed twice at a time without counting a log twice or as lost', async () => {
    const { server, readme, visit, counts } = await ready(
      await start({ ...options, exitTimeoutMillis: PATIENCE_MILLIS }),
    );
    server.answer = (delivered) => setTimeout(server.take, 300, delivered);
    await visit(1);
    const first = readme.flushBeforeExit();
    await sleep(200);
    await visit(3);
    await Promise.all([first, readme.flushBeforeExit()]);
    await until(() => counts().pending === 0);
    expect(counts()).toMatchObject({ delivered: 5, dropped: {} });
  });
});
