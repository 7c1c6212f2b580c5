import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mask, SecretMask } from '../../src/redaction/mask';
import { compilePolicy } from '../../src/redaction/policy';
import { redactUrl } from '../../src/redaction/url';
import { described, text } from '../support/described-body';
import { fateOf, PLACES } from '../support/list-places';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/REDACTION.md'), 'utf8');

/** The cells of the rows of the table after `<!-- table: name -->`. */
function table(name: string): string[][] {
  const rows = DOCUMENT.split(`<!-- table: ${name} -->\n`)[1]?.split('\n\n')[0]?.split('\n') ?? [];
  return rows.slice(2).map((row) =>
    row
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.replace(/^`(.*)`$/, '$1').replaceAll('⏎', '\n')),
  );
}

/** The denylist or allowlist that is at the head of a column. */
function listAt(head: string): Parameters<typeof compilePolicy>[0] {
  const entry = /`(.*)`/.exec(head)?.[1];
  if (entry === undefined) return {};
  const pattern = /^\/(.*)\/$/.exec(entry)?.[1];
  const list = [pattern === undefined ? entry : new RegExp(pattern)];
  return head.startsWith('only ') ? { allowlist: list } : { denylist: list };
}

/** The rows of a table as they are, with its head. */
function rawTable(name: string): string[][] {
  const rows = DOCUMENT.split(`<!-- table: ${name} -->\n`)[1]?.split('\n\n')[0]?.split('\n') ?? [];
  return rows.filter((_row, index) => index !== 1).map((row) => row.slice(2, -2).split(' | '));
}

describe('docs/REDACTION.md', () => {
  const [head = [], ...places] = rawTable('places');

  it.each(places)('is right about: %s', (place, ...fates) => {
    const lists = head.slice(1).map((column) => compilePolicy(listAt(column)));
    expect(lists.map((policy) => fateOf(place as string, policy))).toEqual(fates);
  });

  it('has every place', () => {
    expect(places.map(([place]) => place)).toEqual(Object.keys(PLACES));
    expect(head).toHaveLength(9);
  });

  const headers = rawTable('key headers')
    .slice(1)
    .flatMap(([names, masked]) =>
      [...(names as string).matchAll(/`([^`]+)`/g)].map(([, name]) => [name, masked] as const),
    );

  it.each(headers)('is right about the header field %s: %s', (name, masked) => {
    const headers = [{ name: name as string, value: 'some-long-value' }];
    const [hidden] = new SecretMask(undefined).hideInHeaders(headers);
    expect(hidden?.value).toBe(masked === 'yes' ? mask('some-long-value') : 'some-long-value');
  });

  it.each(table('url'))('is right: %s %s, %s', (list, entry, url, sent) => {
    expect(redactUrl(url as string, compilePolicy({ [list as string]: [entry] }))).toBe(sent);
  });

  it.each(table('body'))('is right: %s %s, %s, %s', (list, entry, type, body, sent) => {
    const policy = compilePolicy({ [list as string]: [entry] });
    const { text: kept, size } = text((body as string).replace('✂', ''));
    const cut = body?.includes('✂') ?? false;
    const record = cut
      ? { size: size + 9, text: kept, loss: 'truncated' as const }
      : { size, text: kept };
    expect(described(record as ReturnType<typeof text>, type, policy).content).toMatchObject({
      text: sent,
    });
  });

  it('has all tables', () => {
    expect(headers.length).toBeGreaterThan(30);
    expect([table('url').length, table('body').length].every((rows) => rows > 5)).toBe(true);
  });
});
