import { ownScript } from './own-script';

/**
 * Gives code that is loaded before `returnRequire` is called a `require`, in a bundle of ES modules that has
 * none. What esbuild puts in the place of a CommonJS package's `require('node:http')` looks for a global
 * `require` each time, and throws "Dynamic require … is not supported" without one.
 *
 * Everywhere else it does nothing. Nothing of the application runs between the two.
 *
 * @returns `returnRequire`
 */
export function lendRequire(): () => void {
  const scope = globalThis as { require?: unknown };
  if (typeof __filename === 'string' || 'require' in scope) return () => {};
  const { createRequire } = process.getBuiltinModule('node:module');
  Object.defineProperty(scope, 'require', {
    value: createRequire(ownScript()),
    configurable: true,
  });
  return () => {
    delete scope.require;
  };
}
