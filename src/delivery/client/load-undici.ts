import Module, { createRequire } from 'node:module';
import { loadFresh } from '../../bundles/fresh-modules';
import type { ModuleLoader } from '../../bundles/load-builtin';
import { isBundled, ownScript } from '../../bundles/own-script';
import { unpublishedChannels } from './unpublished-channels';

type Undici = typeof import('undici');

/** Where undici looks for a dispatcher of the process, and puts one that cannot be taken away again. */
const GLOBAL_DISPATCHERS = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((key) =>
  Symbol.for(key),
);

/**
 * Loads a copy of undici of which the application notices nothing: what subscribes to the channels `undici:*`
 * does not see our requests, the inspector's network panel among them, and `fetch` keeps its own dispatcher.
 *
 * It is loaded past the hooks on `require`. undici requires `http`. In an application of ES modules without a
 * loader, nothing else may have done so, and HttpInstrumentation patches it on that occasion: from our first
 * delivery on, the application would have spans that it has not without us.
 *
 * @throws {Error} when it is not there.
 */
export function loadUndici(): Undici {
  const prototype = Module.prototype as unknown as { require: unknown };
  const { require: hooked } = prototype;
  prototype.require = function (this: unknown, id: string) {
    return id === 'node:diagnostics_channel'
      ? unpublishedChannels
      : (Module as unknown as ModuleLoader)._load(id, this, false);
  };
  try {
    return withoutGlobalDispatcher(load);
  } finally {
    prototype.require = hooked;
  }
}

function load(): Undici {
  // A bundler sees this require, and has put undici into the bundle.
  if (isBundled() && canRequire()) return require('undici') as Undici;
  const requireAsApplication = createRequire(ownScript());
  return loadFresh(requireAsApplication.resolve('undici'), () => requireAsApplication('undici'));
}

/**
 * Where there is a dispatcher, undici makes none. Node's own undici, which is loaded when `fetch` or what belongs to
 * it is first used, does not either, and is lost without one: it has to be loaded before.
 */
function withoutGlobalDispatcher(load: () => Undici): Undici {
  void globalThis.Response;
  const missing = GLOBAL_DISPATCHERS.filter((key) => !(key in globalThis));
  const wasLoaded = isOwnUndiciLoaded();
  for (const key of missing) putDispatcher(key, {});
  let undici: Undici | undefined;
  try {
    undici = load();
    return undici;
  } finally {
    for (const key of missing) Reflect.deleteProperty(globalThis, key);
    // Something has replaced `Response`, and Node's undici has been loaded meanwhile.
    if (undici !== undefined && !wasLoaded && isOwnUndiciLoaded()) {
      for (const key of missing) putDispatcher(key, new undici.Agent());
    }
  }
}

function putDispatcher(key: symbol, value: object): void {
  Object.defineProperty(globalThis, key, { value, configurable: true, writable: true });
}

function isOwnUndiciLoaded(): boolean {
  const { moduleLoadList } = process as { readonly moduleLoadList?: readonly string[] };
  return moduleLoadList?.includes('NativeModule internal/deps/undici/undici') !== false;
}

/** False in esbuild's ES modules, unless a banner gives them one. undici requires more later, when it connects. */
function canRequire(): boolean {
  try {
    return require('node:module') !== undefined;
  } catch {
    return false;
  }
}
