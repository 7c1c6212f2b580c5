import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { runToEnd } from './spawned-app';

const ROOT = resolve(import.meta.dirname, '../..');
const PACKAGE = 'readme-metrics-opentelemetry';
/** A key that no report may show. */
export const KEY = 'rdme_test_0123456789abcdef';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line: what to do next. */
  readonly next: string;
}

/** A user's folder in which the built package is installed, as npm would install it. */
export interface DoctorProject {
  readonly folder: string;
  write(path: string, content: string): void;
  /** Copies a package, `readme-metrics-opentelemetry` with its dependencies, into a `node_modules`. */
  install(name: string, modules?: string): void;
  /** A package that is nothing but a name and a version. */
  writePackage(path: string, name: string, version: string): void;
  /** Runs the command line of the installed package here, with no README_ or OTEL_ variables but these. */
  run(args: readonly string[], env?: NodeJS.ProcessEnv, nodeArgs?: readonly string[]): Promise<Ran>;
  remove(): void;
}

export function doctorProject(): DoctorProject {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'readme-doctor-')));
  const project: DoctorProject = {
    folder,
    write(path, content) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    install: (name, modules = 'node_modules') => copyPackage(name, join(folder, modules)),
    writePackage(path, name, version) {
      project.write(join(path, 'package.json'), JSON.stringify({ name, version }));
    },
    async run(args, env = {}, nodeArgs = []) {
      const cli = join(folder, 'node_modules', PACKAGE, 'dist/cli.js');
      const settings = { README_API_KEY: KEY, ...env };
      const ran = await runToEnd([...nodeArgs, cli, ...args], { cwd: folder, env: settings });
      return { ...ran, next: ran.stdout.trimEnd().split('\n').at(-1) ?? '' };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  project.write('package.json', JSON.stringify({ name: 'application', version: '1.0.0' }));
  project.install(PACKAGE);
  project.install('@opentelemetry/api');
  return project;
}

/** What nobody runs is half of it, and copying is most of what these tests do. */
function isNeeded(path: string): boolean {
  return !/(\.map|\.d\.[cm]?ts|\.md|[\\/](esm|esnext|docs|(?<!lib[\\/])types))$/.test(path);
}

function copyPackage(name: string, modules: string): void {
  const target = join(modules, name);
  if (existsSync(target)) return;
  const source = name === PACKAGE ? ROOT : join(ROOT, 'node_modules', name);
  const files = name === PACKAGE ? ['package.json', 'dist'] : ['.'];
  for (const file of files) {
    cpSync(join(source, file), join(target, file), { recursive: true, filter: isNeeded });
  }
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    // What npm has nested has come along.
    const isNested = existsSync(join(target, 'node_modules', dependency));
    if (!isNested) copyPackage(dependency, modules);
  }
}
