import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../src/redaction/policy';
import { redactUrl } from '../../src/redaction/url';
import { described, text } from '../support/described-body';

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

describe('docs/REDACTION.md', () => {
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

  it('has both tables', () => {
    expect([table('url').length, table('body').length].every((rows) => rows > 5)).toBe(true);
  });
});
