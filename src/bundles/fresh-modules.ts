import Module from 'node:module';
import { dirname, sep } from 'node:path';

type Cache = Record<string, unknown>;

/**
 * Loads a package anew, and leaves the application the copy that it has loaded, or will.
 *
 * @param main path of the package's main file, in its root folder.
 */
export function loadFresh<Loaded>(main: string, load: () => Loaded): Loaded {
  const cache = (Module as unknown as { readonly _cache?: Cache })._cache ?? {};
  const folder = dirname(main) + sep;
  const takeOut = () => {
    const taken = Object.entries(cache).filter(([path]) => path.startsWith(folder));
    for (const [path] of taken) Reflect.deleteProperty(cache, path);
    return taken;
  };
  const ofApplication = takeOut();
  try {
    return load();
  } finally {
    takeOut();
    for (const [path, module] of ofApplication) cache[path] = module;
  }
}
