import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingBytes } from '../../src/record/growing-bytes';
import { redactJson } from '../../src/redaction/json';
import { redactUrlsInJson } from '../../src/redaction/json-strings';
import { redactJsonText } from '../../src/redaction/json-text';
import type { ListEntry } from '../../src/redaction/path';
import { compilePolicy } from '../../src/redaction/policy';
import { expectLinear } from '../support/linear-time';
import { document, entries, spelled, spelling } from './json-oracle';
import { redactJson as redactReference } from './reference/json';
import { compilePolicy as compileReference } from './reference/policy';

const BEFORE = 'written before';

/** What is written of a text behind something else, into a buffer that has no room for it. */
function written(text: string, list: object, read: boolean, escaped: boolean) {
  const out = new GrowingBytes(BEFORE.length);
  out.ascii(BEFORE);
  const { kind } = redactJson(Buffer.from(text), compilePolicy(list), out, { read, escaped });
  const all = out.written.toString();
  expect(all.startsWith(BEFORE)).toBe(true);
  return { kind, text: all.slice(BEFORE.length) };
}

const lists = fc
  .tuple(
    fc.constantFrom('denylist', 'allowlist'),
    fc.oneof(
      entries.map((all) => all.map(({ entry }) => entry)),
      fc.array(
        fc.constantFrom<ListEntry>(
          ...[
            '',
            'é"',
            '\u212a',
            'k',
            '[]',
            '[0]',
            '[1].a',
            'a[0]',
            'a[1].b',
            '**[0]',
            '**.a[1]',
            '**',
          ],
          ...['**.a.**.b', 'a.**', '**.[].a', /^.?$/, /é/],
        ),
        { maxLength: 4 },
      ),
    ),
  )
  .map(([mode, list]) => ({ [mode]: list }));

/** Documents, and what becomes of them when they are cut or a character of them is dropped, added or doubled. */
const mutated = fc
  .tuple(
    fc.oneof(
      document,
      fc.array(document),
      fc.dictionary(fc.constantFrom('a', 'b', 'K', 'é"'), document),
    ),
    spelling,
    fc.array(
      fc.tuple(
        fc.constantFrom('none', 'none', 'cut', 'drop', 'add', 'twice', 'mark'),
        fc.nat(),
        fc.constantFrom(
          ...'{}[],:"\\01-+.eEtfnul \n\0é😀\u212a',
          '"a":',
          '\\u006',
          '1,',
          '[[',
          '{"a":[',
        ),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([value, how, edits]) =>
    edits.reduce(
      (text, [edit, where, extra]) => {
        const at = where % (text.length + 1);
        if (edit === 'cut') return text.slice(0, at);
        if (edit === 'drop') return text.slice(0, at) + text.slice(at + 1);
        if (edit === 'add') return text.slice(0, at) + extra + text.slice(at);
        if (edit === 'twice') return text.slice(0, at) + text;
        return edit === 'mark' ? `\ufeff${text}` : text;
      },
      spelled(value, how),
    ),
  );

const JSON_IN_STRING = /^[\ufeff\s]*"\s*(?:[{[]|\\")/;

describe('the filter of JSON on bytes', () => {
  it('leaves of any text what the one on strings did', () => {
    fc.assert(
      fc.property(mutated, lists, fc.boolean(), (text, list, read) => {
        fc.pre(Buffer.from(text).toString() === text);
        // What stands in a text that is one string has tests of its own, as have URLs in strings.
        fc.pre(!('denylist' in list) || !JSON_IN_STRING.test(text));
        const policy = compilePolicy(list);
        const expected = redactReference(text, compileReference(list), read);
        expect(redactJsonText(text, policy, read)).toEqual(
          'text' in expected && policy.mode === 'deny'
            ? { ...expected, text: redactUrlsInJson(Buffer.from(expected.text), policy).toString() }
            : expected,
        );
      }),
      { numRuns: 20_000 },
    );
  });

  it('writes it as the inside of a JSON string just as well, and nothing when nothing may be sent', () => {
    fc.assert(
      fc.property(mutated, lists, fc.boolean(), (text, list, read) => {
        fc.pre(Buffer.from(text).toString() === text);
        const raw = written(text, list, read, false);
        const escaped = written(text, list, read, true);
        expect(escaped.kind).toBe(raw.kind);
        expect(`"${escaped.text}"`).toBe(JSON.stringify(raw.text));
        if (raw.kind === 'nothing' || raw.kind === 'invalid') expect(raw.text).toBe('');
      }),
      { numRuns: 5000 },
    );
  });

  it('matches flat names as the one before', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '0',
      '1',
      '.',
      '[',
      ']',
      '[]',
      '[0]',
      '**',
      '*',
      ' ',
      'K',
    );
    const name = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const mode = fc.constantFrom('denylist', 'allowlist');
    const list = fc.array(fc.oneof(name, fc.constantFrom(/^a/, /b$/)), { maxLength: 4 });
    fc.assert(
      fc.property(mode, list, fc.array(name), (lists, all, names) => {
        const policy = compilePolicy({ [lists]: all });
        const reference = compileReference({ [lists]: all });
        expect(names.map((each) => policy.hides(each))).toEqual(
          names.map((each) => reference.hides(each)),
        );
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a document that means harm', () => {
  const NESTED = [
    ['brackets', '['],
    ['members', '{"a":'],
    ['both', '[{"card":'],
    ['elements before', '[0,'],
  ] as const;

  it.each(NESTED)('of nothing but %s takes linear time, and a few bytes a level', (_name, unit) => {
    const list: { denylist?: ListEntry[]; allowlist?: ListEntry[] }[] = [
      { denylist: ['**.card', '**[1].x'] },
      { denylist: [/card/] },
      { allowlist: ['**.card', '**[1].x'] },
    ];
    for (const one of list) {
      const policy = compilePolicy(one);
      expectLinear(1 << 20, (length) => {
        const text = Buffer.from(unit.repeat(length / unit.length));
        const out = new GrowingBytes();
        redactJson(text, policy, out, { read: true, escaped: true });
      });
    }
    // An object a level took hundreds of megabytes.
    expect(process.resourceUsage().maxRSS - memoryBefore).toBeLessThan(150 * 1024);
  });
  const memoryBefore = process.resourceUsage().maxRSS;

  it('cannot make more places of a list than a bounded number, and is then denied', () => {
    const denylist = [...'abcdefghijklmnopq'].map((name) => `**.${name}.**.${name}${name}`);
    const policy = compilePolicy({ denylist });
    let state = 1;
    const next = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state;
    };
    let depths = '';
    for (let count = 0; count < 20_000; count += 1) {
      const names = Array.from(
        { length: 1 + (next() % 12) },
        () => 'abcdefghijklmnopq'[next() % 17],
      );
      depths += `${names.map((name) => `{"${name}":`).join('')}"open"${'}'.repeat(names.length)},`;
    }
    const result = redactJsonText(`[${depths}{"z":"last"}]`, policy, true);
    if (result.kind !== 'passed') throw new Error(result.kind);
    JSON.parse(result.text);
    expect(result.text).toContain('"open"');
    expect(result.text).toContain('[REDACTED 4]');
    // Another document has them all again.
    const { text } = redactJsonText('{"b":{"x":{"bb":"secret"}},"c":"open"}', policy) as {
      text: string;
    };
    expect(text).toBe('{"b":{"x":{"bb":"[REDACTED 6]"}},"c":"open"}');
  });
});
