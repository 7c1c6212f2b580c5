import { describe, expect, it } from 'vitest';
import { redactHeaders } from '../../src/redaction/headers';
import { compilePolicy } from '../../src/redaction/policy';

type Lists = Parameters<typeof compilePolicy>[0];

const redact = (headers: [string, string][], lists: Lists) =>
  redactHeaders(
    headers.map(([name, value]) => ({ name, value })),
    compilePolicy(lists),
  ).map(({ name, value }) => [name, value]);

const value = (header: string, lists: Lists, name = 'X-Other') =>
  redact([[name, header]], lists)[0]?.[1];

const denyToken = { denylist: ['token'] };

describe('a denylist on headers', () => {
  it('replaces a value by its length, and keeps order, spelling and duplicates', () => {
    expect(
      redact(
        [
          ['X-Token', 'abc'],
          ['Accept', '*/*'],
          ['x-token', ''],
          ['Set-Cookie', 'a=1; Path=/'],
          ['Set-Cookie', 'b=2'],
        ],
        { denylist: ['x-TOKEN'] },
      ),
    ).toEqual([
      ['X-Token', '[REDACTED 3]'],
      ['Accept', '*/*'],
      ['x-token', '[REDACTED 0]'],
      ['Set-Cookie', 'a=1; Path=/'],
      ['Set-Cookie', 'b=2'],
    ]);
  });

  it.each(['Referer', 'location', 'Content-Location'])('redacts the URL of %s', (name) => {
    expect(value('https://u:p@h/x?token=abc&a=1', denyToken, name)).toBe(
      'https://h/x?token=%5BREDACTED%203%5D&a=1',
    );
    expect(value('/x#token=abc', denyToken, name)).toBe('/x#token=%5BREDACTED%203%5D');
  });

  it('redacts every URL of Link', () => {
    expect(
      value(
        '<https://h/x?page=2&token=one>; rel="next", <https://h/x?token=three;page=9>; rel="last"',
        denyToken,
        'Link',
      ),
    ).toBe(
      '<https://h/x?page=2&token=%5BREDACTED%203%5D>; rel="next", <https://h/x?token=%5BREDACTED%2012%5D>; rel="last"',
    );
  });

  it.each([
    ['5; url=https://h/x?token=abc', '5; url=https://h/x?token=%5BREDACTED%203%5D'],
    ['5;url=/x?token=abc&b=1', '5;url=/x?token=%5BREDACTED%203%5D&b=1'],
    ['/x?a,b&token=a,b', '/x?a,b&token=%5BREDACTED%203%5D'],
    ['a=1&token=abc', 'a=1&token=%5BREDACTED%203%5D'],
    ['token=abc&a=1', 'token=%5BREDACTED%203%5D&a=1'],
    ['https://h/?a=1,https://h/?token=abc', 'https://h/?a=1,https://h/?token=%5BREDACTED%203%5D'],
    ['app#token=abc', 'app#token=%5BREDACTED%203%5D'],
  ])('redacts URLs and pairs in other headers: %s', (header, expected) => {
    expect(value(header, denyToken)).toBe(expected);
  });

  it.each([
    'text/html;q=0.9, */*;q=0.8',
    'Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko)',
    '<https://h/x?page=2&a=%zz>;  rel="next" , </y?b>; title="a & b"',
    'W/"a?b=c&d"',
    'default-src https://h/?a=b; report-uri /r?x=y&z',
    'mailto:u@h',
    '',
  ])('keeps every byte of a value that names nothing in a URL: %s', (header) => {
    expect(value(header, denyToken)).toBe(header);
  });
});

describe('an allowlist on headers', () => {
  it('leaves out what it does not name', () => {
    expect(
      redact(
        [
          ['Accept', '*/*'],
          ['X-Token', 'abc'],
          ['ACCEPT', 'text/html?x=1&y=2'],
        ],
        { allowlist: ['accept'] },
      ),
    ).toEqual([
      ['Accept', '*/*'],
      ['ACCEPT', 'text/html?x=1&y=2'],
    ]);
  });

  it('filters the URLs of Referer, Location and Content-Location', () => {
    for (const name of ['Referer', 'Location', 'Content-Location']) {
      expect(value('/x?page=1&token=abc', { allowlist: [name, 'page'] }, name)).toBe('/x?page=1');
    }
  });
});

describe('headers without a list', () => {
  it('are sent as they are, but for user name and password in a URL', () => {
    expect(
      redact(
        [
          ['Referer', 'https://u:p@h/?token=abc'],
          ['X-Token', 'abc'],
        ],
        {},
      ),
    ).toEqual([
      ['Referer', 'https://h/?token=abc'],
      ['X-Token', 'abc'],
    ]);
  });

  it('are never changed in place', () => {
    const headers = Object.freeze([Object.freeze({ name: 'token', value: 'abc' })]);
    for (const lists of [{}, denyToken, { allowlist: ['a'] }]) {
      expect(() => redactHeaders(headers, compilePolicy(lists))).not.toThrow();
    }
  });
});
