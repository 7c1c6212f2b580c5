// What has to be true before a version is published. `npm publish` runs it (prepublishOnly), and the release
// workflow with the tag that was pushed.
//
//   node scripts/check-release.mjs [tag]     (in the folder of the package)
//
// Exits with 1 and says what is missing.

import { readFileSync } from 'node:fs';
import { sections } from './changelog.mjs';

const [, , tag] = process.argv;
const read = (name) => readFileSync(name, 'utf8');

const manifest = JSON.parse(read('package.json'));
const lock = JSON.parse(read('package-lock.json'));
const { version } = manifest;

const faults = [...checkRepository(), ...checkVersion(), ...checkChangelog()];
for (const fault of faults) console.error(`Not ready to be published: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;

/** npm's provenance names the repository, and the registry's page needs it to resolve links. */
function checkRepository() {
  const { repository } = manifest;
  const url = typeof repository === 'string' ? repository : repository?.url;
  if (typeof url === 'string' && url !== '') return [];
  return [
    'package.json has no "repository". Set it to the address of the public repository, for "bugs" likewise.',
  ];
}

function checkVersion() {
  const faults = [];
  if (tag !== undefined && tag !== `v${version}`) {
    faults.push(
      `the tag is ${tag}, but package.json has version ${version}: the tag must be v${version}.`,
    );
  }
  if (lock.version !== version || lock.packages[''].version !== version) {
    faults.push(`package-lock.json is not of version ${version}: run npm install.`);
  }
  return faults;
}

/** The form of Keep a Changelog: a heading for each version with its date, newest first. */
function checkChangelog() {
  const [first, second] = sections(read('CHANGELOG.md'));
  const faults = [];
  if (first === undefined || !/^\[Unreleased\]\s*$/.test(first)) {
    faults.push(
      'CHANGELOG.md has changes under [Unreleased], or no such heading: move them to the version.',
    );
  }
  const isOfVersion =
    second?.startsWith(`[${version}] - `) && /- \d{4}-\d\d-\d\d\n+\S/.test(second);
  if (!isOfVersion) {
    faults.push(
      `CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD" with content after [Unreleased].`,
    );
  }
  return faults;
}
