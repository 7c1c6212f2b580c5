import { fixtureRequire } from './fixture-packages';

/** Bundlers, a tracer of files and Yarn. @returns `require` for these packages. */
export const buildTools = (): Promise<NodeJS.Require> => fixtureRequire('build-tools');
