// Prints what CHANGELOG.md says of the version in package.json: the notes of its release.
//
//   node scripts/release-notes.mjs     (in the folder of the package)

import { readFileSync } from 'node:fs';
import { sections } from './changelog.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const section = sections(readFileSync('CHANGELOG.md', 'utf8')).find((each) =>
  each.startsWith(`[${version}]`),
);
if (section === undefined) throw new Error(`CHANGELOG.md has no section [${version}]`);
console.log(section.slice(section.indexOf('\n') + 1).trim());
