// Programs that tests run and that come as npm packages: Node.js of other lines, package managers. They stay
// outside the repository, as `npm ci` removes node_modules, and each takes some 100 MB.

import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { install } from '../package/npm.mjs';

export const CACHE = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'readme-metrics-opentelemetry',
);

/** A release a week is often enough. */
const MAX_AGE_MILLIS = 7 * 24 * 60 * 60 * 1000;

/**
 * @param spec of an npm package, such as `pnpm@12`.
 * @param file that the package has when it is installed, relative to its folder.
 * @returns the path of that file, installed now or a few days ago.
 */
export function programFrom(spec, file) {
  let path = pathsBySpec.get(spec);
  if (path === undefined) {
    path = find(spec, file);
    pathsBySpec.set(spec, path);
  }
  return path;
}

/** Of this process, whose tests run side by side. */
const pathsBySpec = new Map();

async function find(spec, file) {
  const name = spec.slice(0, spec.lastIndexOf('@'));
  const folder = join(CACHE, spec.replace(/[^\w.-]+/g, '-'));
  const fileIn = (root) => join(root, 'node_modules', name, file);
  if (!isFresh(fileIn(folder))) await download(spec, name, folder, fileIn);
  return fileIn(folder);
}

async function download(spec, name, folder, fileIn) {
  mkdirSync(CACHE, { recursive: true });
  const temporary = mkdtempSync(`${folder}-`);
  try {
    // From npm 12 on, install scripts run only where they are allowed.
    const allowed = { private: true, allowScripts: { [name]: true } };
    writeFileSync(join(temporary, 'package.json'), JSON.stringify(allowed));
    await install(temporary, spec);
    statSync(fileIn(temporary));
    // Another process may have done the same in the meantime, and be using it.
    if (isFresh(fileIn(folder))) return;
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
  } catch (error) {
    // Without a network, one from last week will do, and so will the one of the other process.
    if (statSync(fileIn(folder), { throwIfNoEntry: false }) === undefined) throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function isFresh(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  // Not `mtime`, which npm takes from the tarball.
  return stats !== undefined && Date.now() - stats.ctimeMs < MAX_AGE_MILLIS;
}
