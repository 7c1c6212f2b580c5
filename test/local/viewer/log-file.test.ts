import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LogFile } from '../../../src/local/viewer/log-file';
import { logOf } from '../../support/viewer-logs';

let folder: string;
let path: string;
let told: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-file-'));
  path = join(folder, 'logs.jsonl');
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (maxLogs = 10) => new LogFile(path, maxLogs, (message) => told.push(message));

function ids(file: LogFile): string[] {
  const found: string[] = [];
  file.read(({ _id }) => found.push(_id));
  return found;
}

it('has the logs again after a restart, and is for the owner alone', () => {
  open().append([logOf({ id: 'a' }), logOf({ id: 'b' })]);
  expect(ids(open())).toEqual(['a', 'b']);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('begins with the newest logs only', () => {
  open().append(['a', 'b', 'c'].map((id) => logOf({ id })));
  expect(ids(open(2))).toEqual(['b', 'c']);
});

it('does not grow for ever', () => {
  const file = open(3);
  for (let index = 0; index < 100; index++) file.append([logOf({ id: `${index}` })]);
  expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThanOrEqual(7);
  expect(ids(open(3))).toEqual(['97', '98', '99']);
});

it('leaves out what is no log, says so, and goes on after a line that was cut off', () => {
  writeFileSync(path, `${JSON.stringify(logOf({ id: 'a' }))}\nnonsense\n{"_id":"cut`);
  const file = open();
  expect(ids(file)).toEqual(['a']);
  expect(told).toEqual([`${path}: 2 lines are no logs; left out.`]);
  file.append([logOf({ id: 'b' })]);
  expect(ids(open())).toEqual(['a', 'b']);
});

it('is empty after the logs were cleared', () => {
  const file = open();
  file.append([logOf()]);
  file.clear();
  expect(ids(open())).toEqual([]);
});

it('says once that it cannot be written, and does not throw', () => {
  const file = open();
  rmSync(folder, { recursive: true });
  file.append([logOf()]);
  file.append([logOf()]);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('cannot be written');
});

it('cannot be made in a folder that does not exist', () => {
  path = join(folder, 'no', 'such', 'logs.jsonl');
  expect(() => open()).toThrow('ENOENT');
});
