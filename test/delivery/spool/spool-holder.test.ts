import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fileName, type Holder, parseName } from '../../../src/delivery/spool/spool-name';
import { folderWith, namesIn, openSpool, removeFolders } from '../../support/spools';

afterEach(() => {
  vi.useRealTimers();
  removeFolders();
});

describe('a file that another process holds', () => {
  const MINUTE = 60_000;

  /** Takes a file in this process and lets it seem that another one did. */
  function heldBy(change: Partial<Holder>): string {
    const { folder } = folderWith('a');
    openSpool(folder).takeTexts();
    const [held = ''] = namesIn(folder);
    const name = parseName(held);
    if (name === undefined || typeof name.state === 'string') throw new Error('it is not held');
    renameSync(
      join(folder, held),
      join(folder, fileName({ ...name, state: { ...name.state, ...change } })),
    );
    return folder;
  }

  it('is left to it for ten minutes, and then taken over', () => {
    const folder = heldBy({});
    expect(openSpool(folder).takeTexts()).toBeUndefined();
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: now + 9 * MINUTE });
    expect(openSpool(folder).takeTexts()).toBeUndefined();
    vi.useFakeTimers({ toFake: ['Date'], now: now + 11 * MINUTE });
    expect(openSpool(folder).takeTexts()).toEqual(['a']);
    expect(openSpool(folder).takeTexts()).toBeUndefined();
  });

  it('is taken over at once if the process has ended', () => {
    expect(openSpool(heldBy({ pid: 4_194_303 })).takeTexts()).toEqual(['a']);
  });

  it('is taken over at once if its id now is that of a later process, where Linux tells', () => {
    const taken = openSpool(heldBy({ began: '1' })).takeTexts();
    expect(taken).toEqual(process.platform === 'linux' ? ['a'] : undefined);
  });

  it('is left to it in another container or machine, where process ids are others', () => {
    const place = createHash('sha256').update('elsewhere').digest('hex').slice(0, 8);
    const folder = heldBy({ place, pid: 4_194_303 });
    expect(openSpool(folder).takeTexts()).toBeUndefined();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11 * MINUTE });
    expect(openSpool(folder).takeTexts()).toEqual(['a']);
  });

  it('is taken over if a wrong clock says that it will be taken in future', () => {
    expect(openSpool(heldBy({ since: Date.now() + 60 * MINUTE })).takeTexts()).toEqual(['a']);
  });

  it('is lost to a holder that was too slow, who cannot change it any more', () => {
    const { folder } = folderWith('a');
    const slow = openSpool(folder).spool.take();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11 * MINUTE });
    const { takeTexts } = openSpool(folder);
    expect(takeTexts()).toEqual(['a']);
    slow?.putBack();
    slow?.delivered();
    expect(openSpool(folder).takeTexts()).toBeUndefined();
    expect(namesIn(folder)).toHaveLength(1);
  });

  it('is never given twice by one spool, however long it is held', () => {
    const { folder } = folderWith('a');
    const { takeTexts } = openSpool(folder);
    expect(takeTexts()).toEqual(['a']);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 30 * MINUTE });
    expect(takeTexts()).toBeUndefined();
  });
});
