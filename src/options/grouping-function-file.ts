import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ReadmeOptionsError } from './checks';
import { codeOrNameOf } from './name-of';
import type { GroupingFunction } from './readme-options';
import { Warnings } from './warnings';

/**
 * The grouping function that `./file.js#name` or `package#name` names: a CommonJS or ES module, relative to
 * the working directory, and one of its exports. Without `#name` it is the default export.
 *
 * The module is loaded in the background; until it is there, callers are asked for later. When it cannot
 * be loaded, that is told once, and nothing is logged.
 *
 * @throws {ReadmeOptionsError} when there is no such file or package.
 */
export function groupingFunctionFrom(specifier: string): GroupingFunction {
  const hash = specifier.lastIndexOf('#');
  const module = hash < 0 ? specifier : specifier.slice(0, hash);
  const name = hash < 0 ? 'default' : specifier.slice(hash + 1);
  // A package is looked for from where the application is, not from where this package is.
  const file = resolved(module);
  let loaded: GroupingFunction | undefined;
  const loading = load(file, name).then(
    (groupingFunction) => {
      loaded = groupingFunction;
      return groupingFunction;
    },
    (error: unknown) => {
      // What the module itself says in an exception may hold a secret: that is for the doctor alone.
      const reason = error instanceof ReadmeOptionsError ? error.message : codeOrNameOf(error);
      const message = `the grouping function ${JSON.stringify(specifier)} (README_GROUPING_FUNCTION) cannot be used, nothing is logged: ${reason}`;
      new Warnings().warnOnce('README_GROUPING_FUNCTION_UNUSABLE', message);
      throw new ReadmeOptionsError(message, { cause: error });
    },
  );
  loading.catch(() => {}); // told above, and again to each exchange that asks
  return (request, response) =>
    loaded === undefined
      ? loading.then((groupingFunction) => groupingFunction(request, response))
      : loaded(request, response);
}

function resolved(module: string): string {
  try {
    return createRequire(join(process.cwd(), 'noop.js')).resolve(module);
  } catch {
    throw new ReadmeOptionsError(
      `groupingFunction (README_GROUPING_FUNCTION): there is no ${JSON.stringify(module)} that can be required, seen from ${process.cwd()}. Of a package that can only be imported, name the file.`,
    );
  }
}

async function load(file: string, name: string): Promise<GroupingFunction> {
  const namespace = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  // Of CommonJS modules Node finds not all named exports, but `default` is always `module.exports`.
  const exported = namespace[name] ?? (namespace.default as Record<string, unknown> | null)?.[name];
  if (typeof exported !== 'function') {
    throw new ReadmeOptionsError(`${file} has no function as its export ${JSON.stringify(name)}`);
  }
  return exported as GroupingFunction;
}
