import { fixtureRequire } from './fixture-packages';

/**
 * Frameworks that no other test needs, and a version of Express whose router is older.
 *
 * @returns `require` for these packages.
 */
export const frameworks = (): Promise<NodeJS.Require> => fixtureRequire('frameworks');
