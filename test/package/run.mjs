// Checks the packed package as its users get it: what publint and arethetypeswrong say, that nothing is in
// it but what it needs, that every export can be used from TypeScript, beside either SDK, and that the
// package understands what that SDK leaves in a context.
//
//   npm run test:package
//
// Exits with 1 when anything is not as it should be.

import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ENVIRONMENTS, runsOn } from '../matrix/environments.mjs';
import { install, pack } from './npm.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const TOOLS = join(ROOT, 'node_modules');
const CONSUMER = join(import.meta.dirname, 'consumer');

const EXPECTED_FILE =
  /^(dist\/[\w/-]+(\.d\.ts|\.js)|dist\/opentelemetry\/LICENSES\.txt|dist\/local\/viewer\/page\/[\w-]+\.(mjs|css|html|svg)|docs\/[\w-]+\.md|package\.json|(README|CHANGELOG|SECURITY)\.md|LICENSE)$/;

/** TypeScript 7 has no other way to find modules than these. */
const RESOLUTIONS = [
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'preserve', moduleResolution: 'bundler' },
];

/** How an application starts its SDK. */
const STARTERS = { 2: ['NodeSDK'], 3: ['NodeSDK', 'startNodeSDK', 'startNodeSdk'] };

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'readme-package-')));
let failures = 0;

try {
  const { tarball, size, unpackedSize, files } = await pack(folder);
  console.log(`${files.length} files, ${size} bytes packed, ${unpackedSize} unpacked`);

  const unexpected = files.map(({ path }) => path).filter((path) => !EXPECTED_FILE.test(path));
  report('nothing is in the tarball that should not be', unexpected.join('\n'));
  await tool('publint', 'publint/src/cli.js', 'run', tarball, '--strict');
  // The other profile asks for TypeScript's old `node10`, which does not read "exports".
  const attw = '@arethetypeswrong/cli/dist/index.js';
  await tool('arethetypeswrong', attw, tarball, '--profile', 'node16', '--no-emoji');

  for (const environment of ENVIRONMENTS) {
    if (environment.sdkMajor === undefined) continue;
    const project = await projectWith(environment, tarball);
    await checkTypes(environment, project);
    await checkSharedContext(environment, project);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;

async function projectWith({ sdkMajor, packages }, tarball) {
  const project = join(folder, `sdk-${sdkMajor}`);
  await install(project, ...packages, '@types/node@20', 'typescript-5@npm:typescript@~5.9');
  await install(project, tarball);
  return project;
}

async function checkTypes({ name, sdkMajor }, project) {
  const compilers = [join(project, 'node_modules/typescript-5'), join(TOOLS, 'typescript')];
  for (const extension of ['cts', 'mts']) {
    copyFileSync(join(CONSUMER, 'every-export.ts'), join(project, `every-export.${extension}`));
    const batches = join(CONSUMER, `batches-sdk-${sdkMajor}.ts`);
    copyFileSync(batches, join(project, `batches.${extension}`));
  }
  for (const resolution of RESOLUTIONS) {
    const compilerOptions = {
      ...resolution,
      target: 'es2022',
      lib: ['es2022'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    };
    const config = { compilerOptions, include: ['*.cts', '*.mts'] };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
    for (const compiler of compilers) {
      const tsc = join(compiler, 'bin/tsc');
      const [, version] = (await run(tsc, ['--version'], project)).output.split(' ');
      const { code, output } = await run(tsc, ['-p', '.'], project);
      const what = `${name}, TypeScript ${version.trim()}, ${resolution.moduleResolution}`;
      report(`types: ${what}`, code === 0 ? '' : shortened(output));
    }
  }
}

async function checkSharedContext(environment, project) {
  copyFileSync(join(CONSUMER, 'shared-context.cjs'), join(project, 'shared-context.cjs'));
  for (const starter of STARTERS[environment.sdkMajor]) {
    const what = `context shared with the SDK: ${environment.name}, ${starter}`;
    if (!runsOn(environment, process)) {
      console.log(`-      ${what}: needs Node.js ${environment.needsNode.join('.')}`);
      continue;
    }
    const { code, output } = await run('shared-context.cjs', [starter], project);
    report(what, code === 0 ? '' : output || `exit code ${code}`);
  }
}

/** Runs a development dependency; all is well when it ends with 0. */
async function tool(name, path, ...args) {
  const { code, output } = await run(join(TOOLS, path), args, folder);
  report(name, code === 0 ? '' : output || `exit code ${code}`);
}

function run(script, args, cwd) {
  return new Promise((done) => {
    execFile(process.execPath, [script, ...args], { cwd }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr });
    });
  });
}

/** Without TypeScript's indented explanations. */
function shortened(output) {
  return output.replace(/^ .*\n/gm, '').trim() || 'tsc failed';
}

function report(what, fault) {
  console.log(`${fault === '' ? 'ok    ' : 'FAILED'} ${what}`);
  if (fault === '') return;
  failures++;
  console.error(fault);
}
