import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingBytes } from '../../src/record/growing-bytes';
import { redactJson } from '../../src/redaction/json';
import { redactJsonText } from '../../src/redaction/json-text';
import { compilePolicy } from '../../src/redaction/policy';
import { expectLinear } from '../support/linear-time';

const SECRET = 's3cr3t';
const lists = [{ denylist: ['token'] }, { denylist: ['**.token'] }, { denylist: [/^token$/] }];
const e = encodeURIComponent;

function left(
  text: string,
  list = lists[0] as { denylist: (string | RegExp)[] },
  read = false,
): string {
  const policy = compilePolicy(list);
  const result = redactJsonText(text, policy, read);
  const escaped = new GrowingBytes();
  redactJson(Buffer.from(text), policy, escaped, { read, escaped: true });
  const shown = 'text' in result ? result.text : '';
  expect(`"${escaped.written}"`).toBe(JSON.stringify(shown));
  return shown;
}

/** As encoders of other languages escape what stands in a URL. */
const gson = (text: string) => text.replace(/[=&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
const php = (text: string) => text.replaceAll('/', '\\/');
const all = (text: string) =>
  text.replace(/./g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

describe('a URL in a string of JSON', () => {
  const url = `https://h/cb?a=1&token=${SECRET}`;

  it.each([
    ['as it is', url],
    ['as Gson writes it', gson(url)],
    ['as PHP writes it', php(url)],
    ['with every character escaped', all(url)],
    ['in another URL', `/login?next=${e(url)}&b=1`],
    ['percent-encoded as a whole', e(url)],
    ['among other text', `see <a href=\\"${url}\\">here</a>, or ${url}.`],
    ['behind escaped quotes and backslashes', `\\"\\\\\\" ${url}`],
    ['with pairs alone', `a=1&token=${SECRET}`],
  ])('is filtered by a denylist %s', (_how, written) => {
    for (const list of lists) {
      for (const text of [
        `{"a":"b","url":"${written}","c":[1,"=","?"]}`,
        `["${written}"]`,
        `{"x":{"y":[{"${written}":"${written}"}]}}`,
        `"${written}"`,
      ]) {
        const shown = left(text, list);
        expect(() => JSON.parse(shown)).not.toThrow();
        expect(JSON.stringify(JSON.parse(shown))).not.toContain(SECRET);
        expect(decodeURIComponent(decodeURIComponent(shown))).not.toContain(SECRET);
      }
    }
  });

  it('is filtered in what is left of JSON that is cut', () => {
    expect(left(`{"u":"${url}","b":"x`, lists[0], true)).toBe(
      '{"u":"https://h/cb?a=1&token=%5BREDACTED%206%5D"}',
    );
  });

  it('keeps every byte where it names nothing, and all around it', () => {
    const kept = '{ "u" : "https:\\/\\/h?a=1&b=\\u00e9", "n":1.50, "h":"a = b? \\"c\\" & d" }';
    for (const list of lists) expect(left(kept, list)).toBe(kept);
    expect(left(`{ "n":1.50,"u":"/x?token=a" ,"p":"\\u00e9="}`)).toBe(
      `{ "n":1.50,"u":"/x?token=%5BREDACTED%201%5D" ,"p":"\\u00e9="}`,
    );
  });

  it('never changes JSON to something else', () => {
    const string = fc.string({ unit: fc.constantFrom(...'ab="\\&?#%3dD /é\u0000\ud800') });
    fc.assert(
      fc.property(fc.array(string), fc.boolean(), (strings, spaced) => {
        const text = JSON.stringify({ a: strings, '?=&': strings[0] }, undefined, spaced ? 1 : 0);
        const shown = left(text, { denylist: ['nothing-has-this-name'] });
        expect(shown).toBe(text);
      }),
    );
  });

  it('takes time in proportion to the length of the text', () => {
    for (const piece of ['=', '"?=",', '\\"=', '\\\\', '?=&', '\\u003d', '%3d?', '"', '&token=']) {
      expectLinear(300_000, (length) => {
        left(`["?${piece.repeat(length / piece.length)}"]`);
      });
    }
  });
});

describe('JSON that is one string', () => {
  it.each([
    [
      'JSON',
      JSON.stringify(JSON.stringify({ a: 1, token: SECRET })),
      '"{\\"a\\":1,\\"token\\":\\"[REDACTED 6]\\"}"',
    ],
    ['JSON in JSON', JSON.stringify(JSON.stringify(JSON.stringify({ token: SECRET }))), undefined],
    ['a form', JSON.stringify(`a=1&token=${SECRET}`), '"a=1&token=%5BREDACTED%206%5D"'],
    ['a pair', JSON.stringify(`token=${SECRET}`), '"token=%5BREDACTED%206%5D"'],
    [
      'JSON with space around',
      ` ${JSON.stringify(` ${JSON.stringify({ token: SECRET })}`)}\n`,
      undefined,
    ],
    [
      'JSON that is not whole',
      JSON.stringify(`{"token":"${SECRET}`),
      '"[REDACTED 21 bytes: could not be filtered]"',
    ],
  ])('is filtered as %s', (_what, text, expected) => {
    for (const list of lists) {
      const shown = left(text, list);
      expect(shown).not.toContain(SECRET);
      if (expected !== undefined) expect(shown).toBe(expected);
    }
  });

  it.each(['"token is abc"', '"["', '""', '"{}"', '"[DONE]"', '"{me}"', ' "a" '])(
    'passes when it is %s',
    (text) => {
      for (const list of lists) expect(left(text, list)).toBe(text);
    },
  );
});

describe('a name that spells a path', () => {
  it.each<[(string | RegExp)[], string, string]>([
    [['**.card'], '{"user.card":"abc","b":1}', '{"user.card":"[REDACTED 3]","b":1}'],
    [['**.card'], '{"x":{"user.card":"abc"}}', '{"x":{"user.card":"[REDACTED 3]"}}'],
    [['**.card'], '{"user[card]":"abc"}', '{"user[card]":"[REDACTED 3]"}'],
    [['**.card'], '{"user\\u002ecard":"abc"}', '{"user\\u002ecard":"[REDACTED 3]"}'],
    [['a.b.c'], '{"a.b":{"c":1},"a":{"b.c":1}}', '{"a.b":{"c":1},"a":{"b.c":"[REDACTED]"}}'],
    [['a.b'], '{"a.b":1,"x.a.b":1}', '{"a.b":"[REDACTED]","x.a.b":1}'],
    [[/^card$/], '{"user.card":"abc"}', '{"user.card":"[REDACTED 3]"}'],
    [['card'], '{"user.card":"abc"}', '{"user.card":"abc"}'],
    [['user'], '{"user.card":"abc"}', '{"user.card":"[REDACTED 3]"}'],
    [
      ['**.card'],
      '{"card.holder":"abc","xcard":1,"a.b":2}',
      '{"card.holder":"[REDACTED 3]","xcard":1,"a.b":2}',
    ],
  ])('is denied by %j in %s', (denylist, text, expected) => {
    expect(left(text, { denylist })).toBe(expected);
  });
});
