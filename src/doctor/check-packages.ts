import { relative } from 'node:path';
import { type Check, checksAbout } from './check';
import { checkHttp2 } from './check-http2';
import {
  type InstalledPackage,
  installedPackages,
  readManifest,
  resolvedFolder,
} from './installed-packages';
import { isAtLeast } from './version-numbers';

const OWN_NAME = 'readme-metrics-opentelemetry';
const API = '@opentelemetry/api';
/** From this version on, SDK packages with a version of their own line (0.x) belong to SDK 2. */
const FIRST_EXPERIMENTAL_OF_SDK_2 = '0.200.0';

const SDK_PACKAGES = [
  '@opentelemetry/sdk-node',
  '@opentelemetry/sdk-trace-node',
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/sdk-trace',
];

const NAMES: ReadonlySet<string> = new Set([
  OWN_NAME,
  API,
  ...SDK_PACKAGES,
  '@opentelemetry/core',
  '@opentelemetry/instrumentation-http',
  '@opentelemetry/auto-instrumentations-node',
]);

const check = checksAbout('Node.js and packages');

/**
 * Whether this version of Node.js, and the packages that an application in this folder gets, fit.
 *
 * @param ownRoot folder of the copy of this package that is running.
 */
export function checkPackages(folder: string, ownRoot: string): Check[] {
  const copies = installedPackages(folder, NAMES);
  const shown = (path: string) => relative(folder, path) || '.';
  return [
    checkNode(ownRoot),
    ...checkHttp2(),
    ...checkOwnPackage(folder, ownRoot, copies, shown),
    ...checkApi(folder, ownRoot, copies, shown),
    ...checkSdk(folder),
    ...listOthers(copies, shown),
  ];
}

type Shown = (path: string) => string;

function checkNode(ownRoot: string): Check {
  const needed = (readManifest(ownRoot) as { engines?: { node?: string } } | undefined)?.engines
    ?.node;
  const least = /\d[\d.]*/.exec(needed ?? '')?.[0] ?? '0';
  const { node } = process.versions;
  return isAtLeast(node, least)
    ? check('ok', `Node.js ${node} (needed is ${least} or later)`)
    : check(
        'fail',
        `Node.js ${node} is too old: needed is ${least} or later`,
        `Install Node.js ${least} or later.`,
      );
}

function checkOwnPackage(
  folder: string,
  ownRoot: string,
  copies: readonly InstalledPackage[],
  shown: Shown,
): Check[] {
  const used = resolvedFolder(folder, OWN_NAME);
  if (used === undefined) {
    return [
      check(
        'fail',
        `${OWN_NAME} is not installed here: there is no node_modules that has it in ${folder} or above (Yarn's Plug'n'Play cannot be looked into)`,
        `Run npm install ${OWN_NAME} ${API} in the folder of your application, or run the doctor there.`,
      ),
    ];
  }
  const own = copies.filter(({ name }) => name === OWN_NAME);
  if (own.length > 1) {
    const list = own.map((copy) => `${copy.version} in ${shown(copy.folder)}`).join(', ');
    return [
      check(
        'fail',
        `there are ${own.length} copies of ${OWN_NAME}: ${list}. What one of them knows about a request or has been set to, the others do not`,
        `Leave one copy of ${OWN_NAME}: npm ls ${OWN_NAME} says who brings the others; npm dedupe, or "overrides" in package.json, removes them.`,
      ),
    ];
  }
  const version = readManifest(used)?.version ?? 'unknown';
  const running = readManifest(ownRoot)?.version ?? 'unknown';
  if (version !== running) {
    const text = `${OWN_NAME} ${version} is installed here, but this doctor is of ${running}`;
    return [check('warn', text, 'Run the doctor of the installed package: npx --no-install.')];
  }
  return [check('ok', `${OWN_NAME} ${version} in ${shown(used)}`)];
}

/** The API is where packages meet: the application and this package have to get the same copy. */
function checkApi(
  folder: string,
  ownRoot: string,
  copies: readonly InstalledPackage[],
  shown: Shown,
): Check[] {
  const ownFolder = resolvedFolder(folder, OWN_NAME) ?? ownRoot;
  const ours = resolvedFolder(ownFolder, API);
  const theirs = resolvedFolder(folder, API);
  if (ours === undefined) {
    return [check('fail', `${API} is not installed`, `Run npm install ${API}.`)];
  }
  const version = readManifest(ours)?.version ?? 'unknown';
  if (!isAtLeast(version, '1.9.0') || isAtLeast(version, '2.0.0')) {
    return [
      check(
        'fail',
        `${API} ${version} in ${shown(ours)} does not fit: needed is 1.9.0 or later, before 2`,
        `Run npm install ${API}@^1.9.0.`,
      ),
    ];
  }
  const all = copies.filter(({ name }) => name === API);
  const list = all.map((copy) => `${copy.version} in ${shown(copy.folder)}`).join(', ');
  const advice = `Leave one copy of ${API}: npm ls ${API} says who brings the others; npm dedupe, or "overrides" in package.json, removes them.`;
  if (theirs !== undefined && theirs !== ours) {
    const text = `your application and ${OWN_NAME} get different copies of ${API}: ${shown(theirs)} and ${shown(ours)}`;
    return [check('fail', text, advice)];
  }
  if (all.length > 1) {
    const text = `there are ${all.length} copies of ${API}: ${list}. Packages that get different ones may not see each other's spans`;
    return [check('warn', text, advice)];
  }
  return [check('ok', `${API} ${version} in ${shown(ours)} (needed is 1.9.0 or later, before 2)`)];
}

/** Of the SDK, only what the application itself would get matters: this package brings its own. */
function checkSdk(folder: string): Check[] {
  return SDK_PACKAGES.flatMap((name) => {
    const used = resolvedFolder(folder, name);
    const version = used === undefined ? undefined : readManifest(used)?.version;
    if (version === undefined || !isOfSdk1(version)) return [];
    return [
      check(
        'warn',
        `${name} ${version} is of OpenTelemetry's SDK 1, too old for ReadmeSpanProcessor and ReadmeSpanExporter, which need SDK 2 or later; ReadmeInstrumentation and the register entry do without it`,
        `Update the OpenTelemetry SDK (${name}@latest), or use ReadmeInstrumentation or the register entry.`,
      ),
    ];
  });
}

function isOfSdk1(version: string): boolean {
  return version.startsWith('0.')
    ? !isAtLeast(version, FIRST_EXPERIMENTAL_OF_SDK_2)
    : !isAtLeast(version, '2.0.0');
}

/** One line a version: npm nests the same copy under each package that wants it. */
function listOthers(copies: readonly InstalledPackage[], shown: Shown): Check[] {
  const folders = new Map<string, string[]>();
  for (const { name, version, folder } of copies) {
    if (name === OWN_NAME || name === API) continue;
    const what = `${name} ${version}`;
    folders.set(what, [...(folders.get(what) ?? []), shown(folder)]);
  }
  return [...folders].map(([what, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return check('note', `${what} in ${first}${more}`);
  });
}
