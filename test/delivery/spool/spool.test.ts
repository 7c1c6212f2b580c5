import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  buffers,
  bytesIn,
  namesIn,
  newFolder,
  openSpool,
  removeFolders,
  SPOOL_OPTIONS,
} from '../../support/spools';

afterEach(() => {
  vi.useRealTimers();
  removeFolders();
});

function setTime(millis: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: millis });
}

describe('the spool', () => {
  it('gives a later process the logs that were kept, byte for byte', () => {
    const folder = newFolder();
    const odd = Buffer.from([0, 10, 255, 13, 10, 0xed, 0xa0, 0x80]);
    expect(openSpool(folder).spool.keep([...buffers('{"a":"é\\n"}', ''), odd])).toBe('spooled');
    const later = openSpool(folder);
    const batch = later.spool.take();
    expect(batch?.logs).toEqual([Buffer.from('{"a":"é\\n"}'), Buffer.alloc(0), odd]);
    expect(later.spool.take()).toBeUndefined();
    batch?.delivered();
    expect(namesIn(folder)).toEqual([]);
    expect(later.problems).toEqual([]);
  });

  it('writes one file for what goes into one request, and gives the oldest first', () => {
    const folder = newFolder();
    const { spool, drain } = openSpool(folder);
    const texts = Array.from({ length: 65 }, (_, index) => `{"n":${index}}`);
    spool.keep(buffers(...texts.slice(0, 61)));
    spool.keep(buffers(...texts.slice(61)));
    expect(namesIn(folder)).toHaveLength(4);
    expect(drain()).toEqual(texts);
  });

  it('puts a log of more than 1 MiB into a file of its own', () => {
    const folder = newFolder();
    const { spool, takeTexts } = openSpool(folder);
    spool.keep(buffers('small', 'x'.repeat(2 * 1024 * 1024), 'small'));
    const lengths = [takeTexts(), takeTexts(), takeTexts()].map((texts) => texts?.[0]?.length);
    expect(lengths).toEqual([5, 2 * 1024 * 1024, 5]);
    expect(takeTexts()).toBeUndefined();
  });

  it('writes nothing for no logs, and makes no fuss of a directory that is missing', () => {
    const folder = join(newFolder(), 'a', 'b');
    const { spool, problems } = openSpool(folder);
    expect(spool.keep([])).toBe('spooled');
    expect(existsSync(folder)).toBe(false);
    expect(spool.take()).toBeUndefined();
    expect(problems).toEqual([]);
  });

  it('lets nobody else read what it makes, and leaves the mode of a directory alone', () => {
    const parent = newFolder();
    const made = join(parent, 'made', 'deep');
    openSpool(made).spool.keep(buffers('a'));
    expect(statSync(made).mode & 0o777).toBe(0o700);
    const [name = ''] = namesIn(made);
    expect(statSync(join(made, name)).mode & 0o777).toBe(0o600);

    const given = join(parent, 'given');
    mkdirSync(given);
    chmodSync(given, 0o755);
    openSpool(given).spool.keep(buffers('a'));
    expect(statSync(given).mode & 0o777).toBe(0o755);
  });

  it.each([0o775, 0o757, 0o1777])(
    'does not use a directory that others may write to, and says so: mode %o',
    (mode) => {
      const given = join(newFolder(), 'given');
      openSpool(given).spool.keep(buffers('a'));
      chmodSync(given, mode);
      const { spool, problems } = openSpool(given);
      expect(spool.take()).toBeUndefined();
      expect(spool.keep(buffers('b'))).toBe('failed');
      expect(namesIn(given)).toHaveLength(1);
      expect(problems.join()).toContain('cannot be used (OTHERS_MAY_WRITE). Other users could');
      chmodSync(given, 0o700);
      expect(openSpool(given).takeTexts()).toEqual(['a']);
      // One that is made in it is for its owner alone.
      chmodSync(given, mode);
      expect(openSpool(join(given, 'own')).spool.keep(buffers('c'))).toBe('spooled');
    },
  );

  it('never sends logs with another key, to another server, or under other lists', () => {
    const folder = newFolder();
    openSpool(folder).spool.keep(buffers('a'));
    expect(openSpool(folder, { apiKey: 'rdme_other' }).takeTexts()).toBeUndefined();
    expect(openSpool(folder, { metricsServer: 'http://127.0.0.1' }).takeTexts()).toBeUndefined();
    expect(openSpool(folder, { lists: '[["password"]]' }).takeTexts()).toBeUndefined();
    expect(openSpool(folder).takeTexts()).toEqual(['a']);
  });

  it('has the key neither in names nor in files', () => {
    const folder = newFolder();
    openSpool(folder).spool.keep(buffers('a'));
    const [name = ''] = namesIn(folder);
    const everything = name + readFileSync(join(folder, name), 'latin1');
    const { apiKey } = SPOOL_OPTIONS;
    for (const secret of [apiKey, Buffer.from(apiKey).toString('base64'), 'rdme']) {
      expect(everything).not.toContain(secret);
    }
  });

  it('gives a file that was put back again, in its old place', () => {
    const folder = newFolder();
    const { spool, takeTexts, drain } = openSpool(folder);
    for (const text of ['first', 'second', 'third']) spool.keep(buffers(text));
    const first = spool.take();
    expect(takeTexts()).toEqual(['second']);
    first?.putBack();
    expect(drain()).toEqual(['first', 'third']);
  });

  it('keeps what was rejected for a person, and does not send it again', () => {
    const folder = newFolder();
    const { spool, takeTexts } = openSpool(folder);
    spool.keep(buffers('bad'));
    spool.take()?.setAside();
    expect(takeTexts()).toBeUndefined();
    expect(namesIn(folder)).toEqual([expect.stringMatching(/\.rejected$/)]);
    expect(readFileSync(join(folder, namesIn(folder)[0] ?? ''), 'utf8')).toContain('\nbad\n');
  });

  it('settles a file once, whatever is called after', () => {
    const folder = newFolder();
    const { spool, problems, takeTexts } = openSpool(folder);
    spool.keep(buffers('a'));
    const batch = spool.take();
    batch?.delivered();
    batch?.putBack();
    batch?.setAside();
    batch?.delivered();
    expect(takeTexts()).toBeUndefined();
    expect(namesIn(folder)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('keeps all logs or none within maxBytes, and tells once that it is full', () => {
    const folder = newFolder();
    const { spool, problems, drain } = openSpool(folder, { maxBytes: 3000 });
    const log = 'x'.repeat(1000);
    expect(spool.keep(buffers(log, log))).toBe('spooled');
    expect(spool.keep(buffers(log))).toBe('full');
    expect(spool.keep(buffers('small'))).toBe('spooled');
    expect(spool.keep(buffers(log, log, log))).toBe('full');
    expect(bytesIn(folder)).toBeLessThanOrEqual(3000);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/spoolDirectory .* is full, it may hold 3000 bytes/);
    expect(drain()).toEqual([log, log, 'small']);
    expect(spool.keep(buffers(log))).toBe('spooled');
  });

  it('is full with 2000 files, however small, since to list them takes time', () => {
    const folder = newFolder();
    const { spool, problems } = openSpool(folder);
    expect(spool.keep(buffers(...Array(60_000).fill('')))).toBe('spooled');
    expect(namesIn(folder)).toHaveLength(2000);
    expect(spool.keep(buffers('a'))).toBe('full');
    expect(problems).toEqual([expect.stringContaining('in 2000 files')]);
    spool.take()?.delivered();
    expect(spool.keep(buffers('a'))).toBe('spooled');
  });

  it('counts what others, other keys and files set aside hold', () => {
    const folder = newFolder();
    const options = { maxBytes: 3000 };
    const log = buffers('x'.repeat(1000));
    openSpool(folder, { apiKey: 'rdme_other' }).spool.keep(log);
    const own = openSpool(folder, options);
    own.spool.keep(log);
    own.spool.take()?.setAside();
    expect(own.spool.keep(log)).toBe('full');
    // What is not ours is not counted.
    const other = newFolder();
    writeFileSync(join(other, 'database'), Buffer.alloc(5000));
    expect(openSpool(other, options).spool.keep(log)).toBe('spooled');
  });

  it('deletes files that are too old, whoever wrote them, and tells how many', () => {
    const folder = newFolder();
    setTime(1_000_000_000_000);
    const first = openSpool(folder);
    first.spool.keep(buffers('rejected'));
    first.spool.take()?.setAside();
    first.spool.keep(buffers('old'));
    openSpool(folder, { apiKey: 'rdme_other' }).spool.keep(buffers('of another key'));
    setTime(1_000_000_000_000 + SPOOL_OPTIONS.maxAgeMillis);
    first.spool.keep(buffers('young'));
    setTime(1_000_000_000_000 + SPOOL_OPTIONS.maxAgeMillis + 1);
    const { spool, problems, takeTexts } = openSpool(folder);
    expect(takeTexts()).toEqual(['young']);
    expect(spool.take()).toBeUndefined();
    expect(namesIn(folder)).toHaveLength(1);
    expect(problems).toEqual([expect.stringMatching(/3 files in spoolDirectory .* deleted/)]);
  });

  it('does not send what has become too old since it looked', () => {
    const folder = newFolder();
    setTime(1_000_000_000_000);
    const { spool, takeTexts } = openSpool(folder);
    spool.keep(buffers('first'));
    spool.keep(buffers('second'));
    expect(takeTexts()).toEqual(['first']);
    setTime(1_000_000_000_001 + SPOOL_OPTIONS.maxAgeMillis);
    expect(takeTexts()).toBeUndefined();
  });

  it('sends logs that a wrong clock has dated ahead, and deletes them when the file is old', () => {
    const folder = newFolder();
    const realTime = Date.now();
    setTime(realTime + 10 * SPOOL_OPTIONS.maxAgeMillis);
    openSpool(folder).spool.keep(buffers('a'));
    setTime(realTime);
    openSpool(folder).spool.take()?.putBack();
    expect(namesIn(folder)).toHaveLength(1);
    setTime(realTime + 2 * SPOOL_OPTIONS.maxAgeMillis);
    const { takeTexts, problems } = openSpool(folder);
    expect(takeTexts()).toBeUndefined();
    expect(problems).toHaveLength(1);
  });

  it('tells of a directory that is a file, or lies in one, once and with what to do', () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, 'mine');
    for (const [directory, code] of [
      [file, 'EEXIST'],
      [join(file, 'below'), 'EEXIST'],
    ] as const) {
      const { spool, problems } = openSpool(directory);
      expect([spool.keep(buffers('secret')), spool.keep(buffers('secret'))]).toEqual([
        'failed',
        'failed',
      ]);
      expect(spool.take()).toBeUndefined();
      expect(problems).toHaveLength(2);
      for (const problem of problems) {
        expect(problem).toContain('spoolDirectory');
        expect(problem).toContain(`(${code})`);
        expect(problem).toContain('not a directory: name one');
        expect(problem).not.toContain('secret');
      }
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('does its work even if nobody can be told', () => {
    const folder = newFolder();
    const tell = () => {
      throw new Error('no ear');
    };
    const { spool } = openSpool(folder, { maxBytes: 10, tell });
    expect(spool.keep(buffers('too much for it'))).toBe('full');
  });
});
