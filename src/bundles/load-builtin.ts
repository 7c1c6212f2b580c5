import Module from 'node:module';

/** The part of Node's module loader that `Module.prototype.require` is made of. */
export interface ModuleLoader {
  _load(id: string, parent: unknown, isMain: boolean): unknown;
}

/** Loads a module of Node past the hooks on `require`: instrumentations patch it on that occasion. */
export function loadBuiltin<Builtin>(name: `node:${string}`): Builtin {
  const loaded = (Module as unknown as ModuleLoader)._load(name, undefined, false);
  // On Bun there is nothing behind that function, and no import of this package must be an exception there.
  return (loaded ?? process.getBuiltinModule(name)) as Builtin;
}
