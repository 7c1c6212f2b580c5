import type { ReadmeOptions, ResolvedOptions } from './readme-options';
import { resolveOptions } from './resolve-options';
import { unknownVariables } from './unknown-variables';
import type { Warnings } from './warnings';

/** An application may have several parts of this package: what was said of an environment by one of them. */
const warned = new WeakSet<NodeJS.ProcessEnv>();

/**
 * The settings of a part that is about to start. Variables that look like this package's and are not read are
 * named in one warning.
 *
 * @throws {ReadmeOptionsError} as {@link resolveOptions} does.
 */
export function optionsAtStart(options: ReadmeOptions, warnings: Warnings): ResolvedOptions {
  const resolved = resolveOptions(options);
  warnOfUnknown(process.env, warnings);
  return resolved;
}

function warnOfUnknown(environment: NodeJS.ProcessEnv, warnings: Warnings): void {
  if (warned.has(environment)) return;
  warned.add(environment);
  const names = unknownVariables(environment).map(({ variable, meant }) =>
    meant === undefined ? variable : `${variable} (did you mean ${meant}?)`,
  );
  if (names.length === 0) return;
  warnings.warnOnce(
    'README_UNKNOWN_VARIABLE',
    `these variables are none of this package's and have no effect: ${names.join(', ')}`,
  );
}
