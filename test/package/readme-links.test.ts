import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const text = readme.replace(/^```.*?^```$/gms, '');
const targets = [
  ...[...text.matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, target = '']) => target),
  ...[...text.matchAll(/\b(?:href|src|srcset)="([^"]+)"/g)].map(([, target = '']) => target),
];

/** As npm's registry and GitHub make them of headings. */
const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
  const words = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '');
  return `#${words.trim().replaceAll(' ', '-')}`;
});

// The registry resolves relative targets by "repository" in package.json, and shows no file of the tarball.
it('the README links to its own headings and to https only, so its links work on the registry page', () => {
  expect(targets.length).toBeGreaterThan(10);
  const broken = targets.filter((target) =>
    target.startsWith('#') ? !anchors.includes(target) : !/^https?:\/\//.test(target),
  );
  expect(broken).toEqual([]);
});

it('files that the README names as being in the package are there', () => {
  const named = [...text.matchAll(/`((?:docs\/)?[A-Z]+\.md)`/g)].map(([, file = '']) => file);
  expect(named).toEqual(expect.arrayContaining(['docs/REDACTION.md', 'SECURITY.md']));
  const missing = named.filter((file) => !existsSync(join(ROOT, file)) || !isPublished(file));
  expect(missing).toEqual([]);
});

function isPublished(file: string): boolean {
  return manifest.files.some((entry) => file === entry || file.startsWith(`${entry}/`));
}
