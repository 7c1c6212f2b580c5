/** The first import of an entry; `loading-ends.ts` is the last one. */
import { lendRequire } from './lend-require';

export const returnRequire = lendRequire();
