import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../src/options/resolve-options';
import { redactJsonText as redactJson } from '../../src/redaction/json-text';
import type { ListEntry } from '../../src/redaction/path';
import { compilePolicy } from '../../src/redaction/policy';
import { ATTRIBUTE } from '../../src/spans/attributes';
import { FILTERED } from '../../src/spans/filtered-names';

const ROOT = resolve(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The cells of the rows of the table after `<!-- table: name -->`. */
function table(name: string): string[][] {
  const text = README.split(`<!-- table: ${name} -->\n`)[1]?.split('\n\n')[0] ?? '';
  return text
    .split('\n')
    .slice(2)
    .map((row) => row.slice(2, -2).split(' | '));
}

/** The pieces of code in a cell. */
function codes(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);
}

describe('the tables', () => {
  const body = /<!-- example body -->\n```json\n(.*)\n```/.exec(README)?.[1] as string;

  it.each(['denylist', 'allowlist'] as const)('the examples of a %s are what is sent', (list) => {
    const rows = table(list);
    expect(rows.length).toBeGreaterThan(3);
    for (const [entry, sent] of rows) {
      const policy = compilePolicy({ [list]: [listEntry(codes(entry)[0] as string)] });
      const result = redactJson(body, policy);
      if (result.kind !== 'passed') throw new Error(`${entry} is ${result.kind}`);
      // Spaces between members that are left out are nobody's concern.
      expect([entry, JSON.parse(result.text)]).toEqual([
        entry,
        JSON.parse(codes(sent)[0] as string),
      ]);
    }
  });

  it('every option is there, with its variable and its default', () => {
    const defaults = resolveOptions({ apiKey: 'key' }, {}) as unknown as Record<string, unknown>;
    const rows = table('options');
    expect(rows.map(([option]) => codes(option)[0]).sort()).toEqual(Object.keys(defaults).sort());
    for (const [option, variable, fallback] of rows) {
      const name = codes(option)[0] as string;
      const inEnvironment = `README_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
      expect(codes(variable)).toEqual([inEnvironment]);
      const value = defaults[name];
      if (['boolean', 'number'].includes(typeof value) || /Server$/.test(name)) {
        expect([name, codes(fallback)]).toEqual([name, [String(value)]]);
      }
    }
  });

  it('every attribute of a filtered span is there', () => {
    const { request, response, ...others } = FILTERED;
    const names = [...Object.values(others), ...Object.values(request), ...Object.values(response)];
    const shown = README.match(/`(?:readme|http)\.[\w.]+`/g)?.map((name) => name.slice(1, -1));
    expect(names.filter((name) => !shown?.includes(name))).toEqual([]);
    const rows = table('filtered attributes').flatMap(([cell]) => codes(cell));
    expect(rows.filter((name) => !(names as string[]).includes(name))).toEqual([]);
  });

  it('every warning and every cause of a loss is there', () => {
    const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
    const sources = files
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'));
    const codesInSources = [
      ...sources.join('').matchAll(/(?:warn(?:Once)?\(\s*|code: )'(README_\w+)'/g),
    ];
    const warnings = new Set(codesInSources.map(([, code]) => code));
    expect(
      table('warnings')
        .flatMap(([code]) => codes(code))
        .sort(),
    ).toEqual([...warnings].sort());

    const declared = readFileSync(join(ROOT, 'src/record/drop-reason.ts'), 'utf8');
    const causes = [...declared.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, cause]) => cause);
    expect(
      table('causes')
        .flatMap(([cause]) => codes(cause))
        .sort(),
    ).toEqual(causes.sort());
  });

  it('every attribute is there', () => {
    for (const name of Object.values(ATTRIBUTE)) expect(README).toContain(`\`${name}\``);
  });
});

it('every link to a file or a heading leads somewhere', () => {
  const headings = [...README.matchAll(/^#+ (.+)$/gm)].map(
    ([, title]) =>
      `#${(title as string)
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-')}`,
  );
  for (const [, target] of README.matchAll(/\]\(([^)]+)\)/g)) {
    const to = target as string;
    if (to.startsWith('http')) continue;
    if (to.startsWith('#')) expect(headings).toContain(to);
    else expect(() => statSync(join(ROOT, to))).not.toThrow();
  }
});

function listEntry(code: string): ListEntry {
  const pattern = /^\/(.*)\/$/.exec(code)?.[1];
  return pattern === undefined ? code.slice(1, -1) : new RegExp(pattern);
}
