import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SpoolFolder } from '../../../src/delivery/spool/spool-folder';

it.runIf(existsSync('/proc/self'))(
  'a directory that cannot be made is an error, and not one that is waited for',
  () => {
    expect(() => new SpoolFolder(join('/proc/nowhere', 'deep', 'spool')).open()).toThrow();
  },
);
