import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fixturePackages } from './fixture-packages';

/** Bundlers, a tracer of files and Yarn. @returns `require` for these packages. */
export async function buildTools(): Promise<NodeJS.Require> {
  return createRequire(join(await fixturePackages('build-tools'), 'noop.js'));
}
