// What differs between machines of users: the Node.js that runs, and the OpenTelemetry that is installed.

import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { install } from '../package/npm.mjs';

const APPS = join(import.meta.dirname, 'apps');

/** Lines of Node.js, and the oldest that package.json allows. */
export const NODE_LINES = ['20.18.1', '20', '22', '24', '26'];

/** What is installed beside the package. SDK 3.x runs on Node.js 22.15 and later. */
export const ENVIRONMENTS = [
  {
    name: 'SDK 2.12',
    sdkMajor: '2',
    sdkTrace: '@opentelemetry/sdk-trace-base',
    packages: [
      '@opentelemetry/api@1.9',
      '@opentelemetry/sdk-node@0.223',
      '@opentelemetry/instrumentation-http@0.223',
      '@opentelemetry/sdk-trace-base@2.12',
    ],
  },
  {
    name: 'SDK 3.x',
    sdkMajor: '3',
    sdkTrace: '@opentelemetry/sdk-trace',
    packages: [
      '@opentelemetry/api@1.10',
      '@opentelemetry/sdk-node@0.301',
      '@opentelemetry/instrumentation-http@0.301',
      '@opentelemetry/sdk-trace@3',
    ],
    needsNode: [22, 15],
  },
  { name: 'no SDK, API 1.9', packages: ['@opentelemetry/api@1.9'] },
  { name: 'no SDK, API 1.10', packages: ['@opentelemetry/api@1.10'] },
];

/** A project of a user who had their OpenTelemetry first and then installed the package. */
export async function project(environment, folder, tarball) {
  await install(folder, ...environment.packages);
  await install(folder, tarball);
  cpSync(APPS, folder, { recursive: true });
  const names = environment.packages.map((name) => name.slice(0, name.lastIndexOf('@')));
  const versions = names.map((name) => `${name}@${versionOf(folder, name)}`);
  return { ...environment, folder, versions };
}

/** Whether an environment can be had on a version of Node.js at all. */
export function runsOn({ needsNode: [major, minor] = [0, 0] }, { version }) {
  const [nodeMajor, nodeMinor] = version.slice(1).split('.').map(Number);
  return nodeMajor > major || (nodeMajor === major && nodeMinor >= minor);
}

function versionOf(folder, name) {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'))
    .version;
}
