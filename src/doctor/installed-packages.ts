import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** One copy of a package on disk. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Absolute, without symbolic links. */
  readonly folder: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

const MODULES = 'node_modules';

/**
 * Every copy of these packages that a module in `folder`, or one of its dependencies, may get: those in its
 * `node_modules`, nested ones too, and in the `node_modules` above. Copies in pnpm's store are found by the
 * links to them; with Yarn's Plug'n'Play there is nothing to find.
 */
export function installedPackages(folder: string, names: ReadonlySet<string>): InstalledPackage[] {
  const declared = dependenciesOf(nearestManifest(folder));
  const found = new Map<string, InstalledPackage>();
  const seen = new Set<string>();
  const pending: string[] = [];
  const visit = (modules: string, isOwn: boolean) => {
    const real = realFolder(modules);
    if (real === undefined || seen.has(real)) return;
    seen.add(real);
    for (const { name, path } of packagesIn(real)) {
      const copy = realFolder(path);
      if (copy === undefined) continue;
      const isLinkedSource = !copy.includes(`${sep}${MODULES}${sep}`);
      // In the root of a workspace are links to all its packages, which need not concern this one.
      if (isLinkedSource && !isOwn && !declared.has(name)) continue;
      const manifest = readManifest(copy);
      const own = manifest?.name ?? name;
      if (names.has(own)) {
        found.set(copy, { name: own, version: manifest?.version ?? 'unknown', folder: copy });
      }
      pending.push(join(copy, MODULES));
      // In pnpm's store, what a package depends on is beside it.
      if (!isLinkedSource)
        pending.push(
          copy.slice(0, copy.lastIndexOf(`${sep}${MODULES}${sep}`) + MODULES.length + 1),
        );
    }
  };
  for (const level of levels(folder)) visit(join(level, MODULES), level === folder);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) visit(next, false);
  return [...found.values()].sort(
    (a, b) => a.name.localeCompare(b.name) || a.folder.localeCompare(b.folder),
  );
}

/** The folder of the copy that a module in `folder` gets, by Node's rules; links resolved. */
export function resolvedFolder(folder: string, name: string): string | undefined {
  // A module of a package may name its own package.
  const own = levels(folder).find((level) => existsSync(join(level, 'package.json')));
  if (own !== undefined && readManifest(own)?.name === name) return own;
  for (const level of levels(folder)) {
    const candidate = join(level, MODULES, name);
    if (existsSync(join(candidate, 'package.json'))) return realFolder(candidate);
  }
  return undefined;
}

/** The nearest package.json at or above the folder; `undefined` when there is none that can be read. */
export function nearestManifest(folder: string): Manifest | undefined {
  const level = levels(folder).find((each) => existsSync(join(each, 'package.json')));
  return level === undefined ? undefined : readManifest(level);
}

export function readManifest(folder: string): Manifest | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof manifest === 'object' && manifest !== null ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function dependenciesOf(manifest: Manifest | undefined): ReadonlySet<string> {
  return new Set(
    [manifest?.dependencies, manifest?.devDependencies, manifest?.optionalDependencies].flatMap(
      (group) => Object.keys(group ?? {}),
    ),
  );
}

/** The folder and those above it, the nearest first. */
function levels(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...levels(above)];
}

function packagesIn(modules: string): { name: string; path: string }[] {
  return entriesOf(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? entriesOf(join(modules, name)).map((inner) => `${name}/${inner}`)
        : [name],
    )
    .map((name) => ({ name, path: join(modules, name) }));
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function realFolder(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
