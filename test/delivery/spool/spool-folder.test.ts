import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SpoolFolder } from '../../../src/delivery/spool/spool-folder';
import { isWritableByOthers } from '../../../src/delivery/spool/writable-by-others';

it.runIf(existsSync('/proc/self'))(
  'a directory that cannot be made is an error, and not one that is waited for',
  () => {
    expect(() => new SpoolFolder(join('/proc/nowhere', 'deep', 'spool')).open()).toThrow();
  },
);

it('a directory is for this user alone when it, or root, owns it and only the owner may write', () => {
  const me = 1000;
  const isOthers = (uid: number, mode: number) => isWritableByOthers({ uid, mode }, me);
  expect([isOthers(me, 0o40700), isOthers(me, 0o40755), isOthers(0, 0o40755)]).toEqual([
    false,
    false,
    false,
  ]);
  expect([isOthers(me, 0o40770), isOthers(me, 0o40702), isOthers(1001, 0o40700)]).toEqual([
    true,
    true,
    true,
  ]);
});
