import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '../..');
const CHANGELOG = '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2027-01-31\n\n- A change.\n';
const REPOSITORY = { type: 'git', url: 'git+https://git.example/readme.git' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'readme-release-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Release {
  readonly repository?: object;
  readonly version?: string;
  readonly locked?: string;
  readonly changelog?: string;
  readonly tag?: string;
}

function check(release: Release = {}): { code: number | null; faults: string[] } {
  const { repository = REPOSITORY, version = '1.2.3', changelog = CHANGELOG } = release;
  const { locked = version, tag = `v${version}` } = release;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version, repository }));
  const lock = { version: locked, packages: { '': { version: locked } } };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
  writeFileSync(join(folder, 'CHANGELOG.md'), changelog);
  const args = [join(ROOT, 'scripts/check-release.mjs'), tag];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return { code: status, faults: stderr.split('\n').filter((line) => line !== '') };
}

it('lets a version be published that has repository, tag, lock file and changelog', () => {
  expect(check()).toEqual({ code: 0, faults: [] });
});

it.each([
  ['no repository', { repository: {} }, 'package.json has no "repository"'],
  ['a tag of another version', { tag: 'v1.2.4' }, 'the tag is v1.2.4'],
  ['a lock file of another version', { locked: '1.2.2' }, 'package-lock.json is not of version'],
  [
    'changes that belong to no version',
    { changelog: CHANGELOG.replace('[Unreleased]\n', '[Unreleased]\n\n- Another.\n') },
    'has changes under [Unreleased]',
  ],
  [
    'a version without a date',
    { changelog: CHANGELOG.replace(' - 2027-01-31', '') },
    'no section "## [1.2.3] - YYYY-MM-DD"',
  ],
  ['a version of which nothing is said', { version: '1.2.4' }, 'no section "## [1.2.4]'],
])('refuses %s', (_what, release, fault) => {
  expect(check(release)).toEqual({ code: 1, faults: [expect.stringContaining(fault)] });
});

it('takes the notes of a release from the changelog', () => {
  check({ changelog: `${CHANGELOG}\n## [1.2.2] - 2026-12-31\n\n- Another.\n` });
  const script = join(ROOT, 'scripts/release-notes.mjs');
  const { stdout } = spawnSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' });
  expect(stdout).toBe('- A change.\n');
});

it('npm refuses to publish this package as long as it has no repository', () => {
  for (const name of ['package-lock.json', 'CHANGELOG.md', 'scripts', '.npmrc']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  const without = { ...manifest, repository: undefined };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(without));
  const { status, stderr } = spawnSync('npm', ['publish', '--dry-run'], {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  expect(stderr).toContain('Not ready to be published: package.json has no "repository"');
  expect(status).not.toBe(0);
});
