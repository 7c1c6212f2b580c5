import Module, { createRequire } from 'node:module';
import { join } from 'node:path';

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
    return createRequire(ownPath())('undici');
  } catch (error) {
    // A bundler sees this require, and has put undici into the bundle.
    if (typeof require === 'function') return require('undici') as typeof import('undici');
    throw error;
  } finally {
    prototype.require = hooked;
  }
}

/** Where undici is looked for: beside this package, or the project when its sources run as ES modules. */
function ownPath(): string {
  return typeof __filename === 'string' ? __filename : join(process.cwd(), 'noop.js');
}
