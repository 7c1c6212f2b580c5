import Module, { createRequire } from 'node:module';
import type { ModuleLoader } from '../../bundles/load-builtin';
import { isBundled, ownScript } from '../../bundles/own-script';

type Undici = typeof import('undici');

/**
 * Loads undici past the hooks on `require`.
 *
 * undici requires `http`. In an application of ES modules without a loader, nothing else may have done so,
 * and HttpInstrumentation patches it on that occasion: from our first delivery on, the application would
 * have spans that it has not without us.
 *
 * @throws {Error} when it is not there.
 */
export function loadUndici(): Undici {
  const prototype = Module.prototype as unknown as { require: unknown };
  const { require: hooked } = prototype;
  prototype.require = function (this: unknown, id: string) {
    return (Module as unknown as ModuleLoader)._load(id, this, false);
  };
  try {
    // A bundler sees this require, and has put undici into the bundle.
    if (isBundled() && canRequire()) return require('undici') as Undici;
    return createRequire(ownScript())('undici');
  } finally {
    prototype.require = hooked;
  }
}

/** False in esbuild's ES modules, unless a banner gives them one. undici requires more later, when it connects. */
function canRequire(): boolean {
  try {
    return require('node:module') !== undefined;
  } catch {
    return false;
  }
}
