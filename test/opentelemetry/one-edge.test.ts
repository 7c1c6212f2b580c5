import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '../..');
const API = '@opentelemetry/api';

interface Locked {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

const packages = lock.packages as Record<string, Locked>;

it('depends on no package of OpenTelemetry, nor on one with a peer dependency on them', () => {
  const installed = installedWith(manifest.dependencies);
  // The walk has gone down to what a dependency brings.
  expect([...installed]).toEqual(
    expect.arrayContaining(['node_modules/undici', 'node_modules/forwarded']),
  );
  const named = [...installed].flatMap((path) => [
    path,
    ...Object.keys(packages[path]?.peerDependencies ?? {}),
  ]);
  expect(named.filter((name) => name.includes('@opentelemetry/'))).toEqual([]);
  expect(manifest.peerDependencies).toEqual({ [API]: '^1.9.0' });
});

it('imports OpenTelemetry packages other than the API in one module only', () => {
  const importers = filesIn('src', /\.ts$/).filter((file) =>
    importedBy(file).some((name) => name.startsWith('@opentelemetry/') && name !== API),
  );
  expect(importers).toEqual(['src/opentelemetry/sdk.ts']);
});

it('has declarations that name nothing but the API, Node and its dependencies', () => {
  const allowed = new Set([API, ...Object.keys(manifest.dependencies), ...builtinModules]);
  const declarations = filesIn('dist', /\.d\.ts$/);
  expect(declarations).toContain('dist/spans/readme-span-processor.d.ts');
  const others = declarations.flatMap((file) =>
    importedBy(file)
      .filter((name) => !name.startsWith('.') && !allowed.has(name.replace(/^node:/, '')))
      .map((name) => `${file}: ${name}`),
  );
  expect(others).toEqual([]);
});

/** Where the lock file has these dependencies and what they bring, by Node's rules. */
function installedWith(
  dependencies: Record<string, string> = {},
  from = '',
  found = new Set<string>(),
): Set<string> {
  for (const name of Object.keys(dependencies)) {
    const path = lockedPath(name, from);
    if (path === undefined || found.has(path)) continue;
    found.add(path);
    const { dependencies: direct, optionalDependencies: optional } = packages[path] ?? {};
    installedWith({ ...direct, ...optional }, path, found);
  }
  return found;
}

function lockedPath(name: string, from: string): string | undefined {
  const path = join(from, 'node_modules', name).replaceAll('\\', '/');
  if (packages[path] !== undefined) return path;
  if (from === '') return undefined;
  return lockedPath(name, from.slice(0, Math.max(from.lastIndexOf('/node_modules/'), 0)));
}

function filesIn(folder: string, ending: RegExp): string[] {
  expect(existsSync(join(ROOT, folder)), `${folder} (npm run build)`).toBe(true);
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

function importedBy(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const imports = text.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]([^'"]+)['"]/g);
  return [...imports].map(([, name = '']) => name);
}
