// npm as a child process, and the package as users get it from it.

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** What a build of the package needs, apart from node_modules. */
const SOURCES = [
  'src',
  'scripts',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'LICENSE',
];

/** Runs npm in a folder and resolves with what it printed on stdout. */
export function npm(folder, ...args) {
  // The npm that runs this script, if one does; on Windows `npm` alone is no program.
  const { npm_execpath: npmPath } = process.env;
  const [command, first] = npmPath ? [process.execPath, [npmPath]] : ['npm', []];
  const options = { cwd: folder, shell: npmPath === undefined && process.platform === 'win32' };
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  return new Promise((done, fail) => {
    execFile(command, [...first, ...args, ...quiet], options, (error, stdout, stderr) => {
      if (error === null) done(stdout);
      else fail(new Error(`npm ${args[0]} failed:\n${stdout}${stderr}`));
    });
  });
}

/** Installs packages into a folder that is nobody's project yet. */
export function install(folder, ...packages) {
  mkdirSync(folder, { recursive: true });
  // Without --prefix, npm would look for a project in the folders above.
  return npm(folder, 'install', `--prefix=${folder}`, ...packages);
}

/**
 * Builds and packs the package in a copy of its sources: others may be using `dist`.
 *
 * @returns the path of the tarball and what `npm pack` tells of it.
 */
export async function pack(folder) {
  const copy = join(folder, 'copy');
  mkdirSync(copy, { recursive: true });
  for (const source of SOURCES) cpSync(join(ROOT, source), join(copy, source), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  const output = await npm(copy, 'pack', '--json', `--pack-destination=${folder}`);
  rmSync(copy, { recursive: true });
  // What the build prints comes first; npm 11 prints an array, npm 12 an object by package name.
  const [packed] = Object.values(JSON.parse(output.slice(output.search(/^[[{]/m))));
  return { ...packed, tarball: join(folder, packed.filename) };
}
