import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type DeliveryRun, MODES, ready, useDeliveryRuns } from '../support/delivery-runs';
import type { Answer } from '../support/faulty-server';
import { NEVER_MILLIS, until } from '../support/patience';
import { namesIn, newFolder, removeFolders } from '../support/spools';
import { collectWarnings } from '../support/warnings';

/** Written in part, then out of space: as on a full disk. */
const disk = vi.hoisted(() => ({ isFull: false }));

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>();
  const writeFileSync = (file: number, content: Buffer) => {
    if (!disk.isFull || typeof file !== 'number') return original.writeFileSync(file, content);
    original.writeFileSync(file, content.subarray(0, 100));
    throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  };
  return { ...original, writeFileSync };
});

const start = useDeliveryRuns();
const warnings = collectWarnings();
const away: Answer = ({ response }) => response.writeHead(503).end();

afterEach(() => {
  disk.isFull = false;
  removeFolders();
});

/** Has logs of a secret go to the spool, because the server is away. */
async function spool(run: DeliveryRun, logs: number): Promise<void> {
  run.server.answer = away;
  await run.visit(
    Array.from({ length: logs }, (_, index) => `/spooled/${index}?token=secret-in-query`),
  );
  await run.readme.forceFlush();
}

describe.each(MODES)('spoolDirectory, with %s', (_mode, mode) => {
  const options = () => ({
    backgroundWorkerMode: mode,
    retryTimeoutMillis: 100,
    spoolDirectory: newFolder(),
    denylist: ['token', 'password'],
  });
  const withPassword = (
    _req: unknown,
    res: { setHeader(n: string, v: string): void; end(body: string): void },
  ) => {
    res.setHeader('content-type', 'application/json');
    res.end('{"owl":1,"password":"secret-in-body"}');
  };

  it('holds filtered logs alone, which only this user can read, and they are sent when the server answers again', async () => {
    const settings = options();
    const run = await ready(await start(settings, withPassword));
    await spool(run, 3);
    expect(run.counts()).toMatchObject({ delivered: 1, dropped: {}, spooled: 3, pending: 0 });
    const files = namesIn(settings.spoolDirectory).map((name) =>
      join(settings.spoolDirectory, name),
    );
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      expect(text).toContain('/spooled/');
      expect(text).toContain('REDACTED');
      expect(text).not.toMatch(/secret-in/);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    run.server.answer = run.server.take;
    run.server.forget();
    await run.visit(['/back']);
    await until(() => run.counts().recovered === 3);
    expect(run.counts()).toMatchObject({ delivered: 2, spooled: 3, recovered: 3 });
    expect(run.server.taken.filter((path) => path.startsWith('/spooled'))).toHaveLength(3);
    expect(namesIn(settings.spoolDirectory)).toEqual([]);
  });

  it('is emptied at the next start, without a request to the application', async () => {
    const settings = options();
    const run = await start(settings);
    await spool(run, 2);
    await run.readme.shutdown();
    run.server.answer = run.server.take;
    const next = await start({ ...settings, metricsServer: run.server.url });
    await until(() => next.counts().recovered === 2);
    // They may be in two files, of which either is sent first.
    expect([...run.server.taken].sort()).toEqual(['/spooled/0', '/spooled/1']);
    await until(() => namesIn(settings.spoolDirectory).length === 0);
  });

  it('takes what shutdown could not deliver', async () => {
    const settings = options();
    const { server, readme, visit, counts } = await start({
      ...settings,
      retryTimeoutMillis: NEVER_MILLIS,
      timeoutMillis: 300,
    });
    server.answer = () => {};
    await visit(3);
    await readme.shutdown();
    expect(counts()).toMatchObject({ delivered: 0, dropped: {}, spooled: 3, pending: 0 });
  });

  it('loses what it has no room for, which is counted and told once', async () => {
    const run = await ready(await start({ ...options(), spoolMaxBytes: 100 }));
    run.server.answer = away;
    await run.visit(3);
    // On a slow machine all may be lost before it flushes, which is no fault then.
    await run.readme.forceFlush().catch(() => {});
    expect(run.counts()).toMatchObject({ dropped: { spool_full: 3 }, spooled: 0 });
    await until(() => warnings.length > 0);
    expect(warnings.map(({ code }) => code)).toEqual(['README_SPOOL_FAILED']);
    expect(warnings[0]?.message).toMatch(/spoolDirectory.*full.*100 bytes/);
  });

  it('that cannot be used loses logs, which is counted and told once', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    const run = await start({ ...options(), spoolDirectory: file });
    run.server.answer = away;
    await run.visit(2);
    await run.readme.forceFlush().catch(() => {});
    expect(run.counts()).toMatchObject({ dropped: { spool_failed: 2 } });
    await until(() => warnings.length > 0);
    expect(warnings.map(({ code }) => code)).toEqual(['README_SPOOL_FAILED']);
  });

  it('has a damaged file set aside, and the others sent', async () => {
    const settings = options();
    const run = await start(settings);
    await spool(run, 1);
    const [damaged] = namesIn(settings.spoolDirectory) as [string];
    await spool(run, 1);
    const path = join(settings.spoolDirectory, damaged);
    truncateSync(path, statSync(path).size - 10);
    run.server.answer = run.server.take;
    run.server.forget();
    await run.visit(['/back']);
    await until(() => run.counts().recovered === 1);
    const corrupt = damaged.replace('waiting', 'corrupt');
    await until(() => namesIn(settings.spoolDirectory).join() === corrupt);
    expect([...run.server.taken].sort()).toEqual(['/back', '/spooled/0']);
    expect(warnings.map(({ message }) => message).join()).toContain(corrupt);
  });
});

it('a full disk loses logs, which is counted and told once, and leaves no part of a file', async () => {
  const spoolDirectory = newFolder();
  const run = await start({ spoolDirectory, retryTimeoutMillis: 100 });
  run.server.answer = away;
  disk.isFull = true;
  await run.visit(2);
  await run.readme.forceFlush().catch(() => {});
  expect(run.counts()).toMatchObject({ dropped: { spool_failed: 2 } });
  await until(() => warnings.length > 0);
  expect(readdirSync(spoolDirectory)).toEqual([]);
  expect(warnings.map(({ code }) => code)).toEqual(['README_SPOOL_FAILED']);
  expect(warnings[0]?.message).toMatch(/ENOSPC.*Free some space/);
  disk.isFull = false;
  await spool(run, 1);
  expect(run.counts()).toMatchObject({ dropped: { spool_failed: 2 }, spooled: 1 });
});
