import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../src/redaction/policy';
import { mayHoldUserinfoInJson } from '../../src/redaction/userinfo-in-json';
import { described, FORM, text } from '../support/described-body';
import { expectLinear } from '../support/linear-time';

const SECRET = 's3cr3t';
const lists = [['@credentials'], ['ssn'], ['**.ssn'], [/^ssn$/]];
const e = encodeURIComponent;
const php = (url: string) => url.replaceAll('/', '\\/');
const escaped = (url: string) =>
  url.replace(/[@:/]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);

function sent(body: string, type: string, denylist: (string | RegExp)[]): string {
  const { content } = described(text(body), type, compilePolicy({ denylist }));
  return 'text' in content ? content.text : '';
}

const urls = [
  `https://x-access-token:${SECRET}@github.com/a.git`,
  `postgres://u:${SECRET}@h/db`,
  `//u:${SECRET}@h/`,
  `redis://:${SECRET}@h:6379`,
  `https://u:${SECRET}@h/?a=1`,
  `https://u:p@${SECRET}@h/`,
];

describe.each(lists)(
  'with a denylist of %s, user name and password are left out',
  (...denylist) => {
    it.each(urls)('of %s in a string of JSON', (url) => {
      for (const written of [
        url,
        php(url),
        escaped(url),
        `see ${url} and ${url}`,
        e(url),
        e(e(url)),
      ]) {
        for (const json of [
          `{"clone_url":"${written}","n":1.50}`,
          `{"email":"owl@example.com","clone_url":"${written}"}`,
          `["a","${written}"]`,
          `{"a":{"${written}":[1]}}`,
          `"${written}"`,
        ]) {
          const shown = sent(json, 'application/json', denylist);
          expect(() => JSON.parse(shown)).not.toThrow();
          expect(shown).not.toContain('REDACTED');
          expect(shown).not.toContain(SECRET);
          expect(shown.includes('"n":1.50')).toBe(json.includes('"n":1.50'));
        }
      }
    });

    it.each(urls)('of %s in a form', (url) => {
      for (const written of [url, e(url), e(e(url))]) {
        const shown = sent(`a=1&u=${written}&b=2`, FORM, denylist);
        expect(shown).toMatch(/^a=1&u=.*&b=2$/);
        expect(shown).not.toContain(SECRET);
        expect(sent(`a=1&${written}`, FORM, denylist)).not.toContain(SECRET);
      }
    });
  },
);

describe('with a denylist, user name and password are left out of JSON in', () => {
  const json = `{"a":"https://u:${SECRET}@h/"}`;
  const form = 'multipart/form-data; boundary=b';
  const part = (head: string, body: string) =>
    `--b\r\nContent-Disposition: form-data; name="a"\r\n${head}\r\n${body}\r\n--b--\r\n`;
  it.each([
    ['lines', `${json}\n${json}\n`, 'application/x-ndjson'],
    ['events', `data: ${json}\n\n`, 'text/event-stream'],
    ['text', json, 'text/plain'],
    ['a part of an upload', part('Content-Type: application/json\r\n', json), form],
    ['a field of an upload', part('', `https://u:${SECRET}@h/?a=1`), form],
  ])('%s', (_where, body, type) => {
    const shown = described(text(body), type, compilePolicy({ denylist: ['ssn'] }));
    expect(JSON.stringify(shown)).toContain('https://h/');
    expect(JSON.stringify(shown)).not.toContain(SECRET);
  });
});

describe('a body with a denylist keeps every byte', () => {
  it.each([
    '{"email":"owl@example.com","url":"https://h/x"}',
    '{"url":"https://h/@me","see":"https://h/ or owl@example.com"}',
    '{"a":"git@github.com:a/b.git", "b":"//", "c":"a@b"}',
    '{"a":"@","b":"// @a"}',
  ])('of JSON that has no user name in a URL: %s', (json) => {
    expect(sent(json, 'application/json', ['ssn'])).toBe(json);
  });

  it('of a form that has none', () => {
    for (const form of ['email=owl%40example.com&a=1', 'u=https%3A%2F%2Fh%2F%40me&m=a@b']) {
      expect(sent(form, FORM, ['ssn'])).toBe(form);
    }
  });
});

describe('whether a user name may stand in a JSON text', () => {
  it.each([
    ['{"a":"https://u:p@h"}', true],
    ['{"a":"https:\\/\\/u:p@h"}', true],
    ['{"a":"//u@@h"}', true],
    ['{"a":"https://h","b":"a@b"}', false],
    ['{"a":"https://h a@b"}', false],
    ['{"a":"a@b"}', false],
  ])('of %s is %s', (json, may) => {
    expect(mayHoldUserinfoInJson(Buffer.from(json))).toBe(may);
  });

  it.each(['@', 'a@', '/ @', '"//"@'])('takes time in proportion to the length of %s', (part) => {
    expectLinear(2_000_000, (length) => {
      mayHoldUserinfoInJson(Buffer.from(`// ${part.repeat(length / part.length)}`));
    });
  });
});
