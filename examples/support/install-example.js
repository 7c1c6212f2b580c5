'use strict';

const { execSync } = require('node:child_process');
const { rmSync } = require('node:fs');
const { join } = require('node:path');

/**
 * Installs what the package.json in `folder` asks for, and this package as users get it: packed (see
 * .npmrc there), so that its `@opentelemetry/api` is the one of the example.
 */
function installExample(folder) {
  // npm would keep the copy of an earlier build.
  rmSync(join(folder, 'node_modules/readme-metrics-opentelemetry'), {
    recursive: true,
    force: true,
  });
  npm('install', folder);
}

/** @param {string} command what follows `npm`; through a shell, because on Windows npm is a script. */
function npm(command, folder) {
  execSync(`npm ${command}`, { cwd: folder, stdio: 'inherit' });
}

module.exports = { installExample, npm };
