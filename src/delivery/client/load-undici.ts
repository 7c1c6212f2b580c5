import Module, { createRequire } from 'node:module';
import { ownScript } from '../../bundles/own-script';

/** The part of Node's module loader that `Module.prototype.require` is made of. */
interface ModuleLoader {
  _load(id: string, parent: unknown, isMain: boolean): unknown;
}

/**
 * Loads undici past the hooks on `require`.
 *
 * undici requires `http`. In an application of ES modules without a loader, nothing else may have done so,
 * and HttpInstrumentation patches it on that occasion: from our first delivery on, the application would
 * have spans that it has not without us.
 */
export function loadUndici(): typeof import('undici') {
  const prototype = Module.prototype as unknown as { require: unknown };
  const { require: hooked } = prototype;
  prototype.require = function (this: unknown, id: string) {
    return (Module as unknown as ModuleLoader)._load(id, this, false);
  };
  try {
    return createRequire(ownScript())('undici');
  } catch (error) {
    // A bundler sees this require, and has put undici into the bundle.
    if (canRequire()) return require('undici') as typeof import('undici');
    throw error;
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
