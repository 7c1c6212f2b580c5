// Writes dist/opentelemetry/sdk.js: the module of that name in src with the few functions of OpenTelemetry's
// SDK that it imports, so that the package depends on OpenTelemetry's API alone. Beside it the licence.
//
//   node scripts/bundle-opentelemetry.mjs     (the last step of `npm run build`)

import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = resolve(import.meta.dirname, '..');
const ENTRY = join(ROOT, 'src/opentelemetry/sdk.ts');
const DIST = join(ROOT, 'dist/opentelemetry');

if (realpathSync(process.argv[1]) === import.meta.filename) {
  const { code, packages } = await bundle();
  mkdirSync(DIST, { recursive: true });
  writeFileSync(join(DIST, 'sdk.js'), code);
  writeFileSync(join(DIST, 'LICENSES.txt'), licences(packages));
}

/**
 * @returns the code; which packages it comes from; and the files of them that something was taken from.
 */
export async function bundle() {
  const build = await rolldown({
    input: ENTRY,
    platform: 'node',
    // The API holds the state that all packages of a process share: there must be one copy of it.
    external: ['@opentelemetry/api'],
    // Of the ES modules that the packages hold beside CommonJS, what is not used can be left out.
    resolve: { mainFields: ['module', 'main'] },
    onLog: (_level, { message }) => {
      throw new Error(message);
    },
  });
  try {
    const { output } = await build.generate({
      format: 'cjs',
      codeSplitting: false,
      comments: false,
      banner: ({ moduleIds }) => `${notice(packagesOf(moduleIds))}\n'use strict';`,
    });
    const [{ code, modules }] = output;
    const files = Object.keys(modules).filter((id) => modules[id].renderedLength > 0);
    return { code, files, packages: packagesOf(files) };
  } finally {
    await build.close();
  }
}

/** Apache-2.0 §4 asks for the copyright notice, and for a note on files that were changed. */
function notice(packages) {
  const list = packages.map(({ name, version }) => ` *   ${name} ${version}`).join('\n');
  return `/*!
 * Contains parts of these packages, bundled without the code that is not used here and without comments:
${list}
 * Copyright The OpenTelemetry Authors
 * SPDX-License-Identifier: Apache-2.0
 * The text of the licence is in LICENSES.txt.
 */`;
}

/** The packages by the text of their licence. */
function licences(packages) {
  const namesByText = new Map();
  for (const { name, version, folder } of packages) {
    const text = readFileSync(join(folder, 'LICENSE'), 'utf8').trim();
    namesByText.set(text, [...(namesByText.get(text) ?? []), `${name} ${version}`]);
  }
  const parts = [...namesByText].map(
    ([text, names]) => `${names.join('\n')}\nCopyright The OpenTelemetry Authors\n\n${text}\n`,
  );
  return `sdk.js contains parts of:\n\n${parts.join('\n')}`;
}

function packagesOf(files) {
  const found = new Map();
  for (const file of files) {
    if (file === ENTRY || file.startsWith('\0')) continue;
    const folder = packageFolder(dirname(file));
    const { name, version } = manifest(folder);
    found.set(folder, { name, version, folder });
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Some packages have a package.json without a name in the folder of their ES modules. */
function packageFolder(folder) {
  return manifest(folder)?.name === undefined ? packageFolder(dirname(folder)) : folder;
}

function manifest(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    return undefined;
  }
}
