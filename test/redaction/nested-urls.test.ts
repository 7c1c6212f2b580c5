import { describe, expect, it } from 'vitest';
import { redactHeaders } from '../../src/redaction/headers';
import { compilePolicy } from '../../src/redaction/policy';
import { queryString, redactUrl } from '../../src/redaction/url';
import { redactUrlsInText } from '../../src/redaction/url-text';
import { expectLinear } from '../support/linear-time';

const SECRET = 's3cr3t';
const policy = compilePolicy({ denylist: ['token', 'schlüssel'] });
const e = encodeURIComponent;
const cb = `https://app/cb?token=${SECRET}`;

describe('a denied name in a URL in a URL', () => {
  it.each([
    [
      'behind another parameter',
      `/login?next=${e(`https://h/a?client_id=1&redirect_uri=${e(cb)}`)}`,
    ],
    ['three deep', `/x?u=${e(`/y?a=1&u=${e(`/z?b=2&u=${e(cb)}`)}`)}`],
    ['as the bare query', `/proxy?${e(cb)}`],
    ['as a bare pair behind others', `/proxy?a=1&${e(cb)}&b=2`],
    ['as a name', `/proxy?${e(cb)}=1`],
    ['as the bare fragment', `/x#${e(cb)}`],
    ['as a segment of the path', `/proxy/${e(cb)}/x`],
    ['as a segment of the path, as it is', `/proxy/${cb}`],
    ['in a parameter of the path', `/x;a=1;token=${SECRET}/y`],
    ['with its name encoded', `/login?next=${e(`/a?b=1&${e(`x=1&t%6Fken=${SECRET}`)}`)}`],
    ['in latin1, percent-encoded', `/x?schl%FCssel=${SECRET}`],
    ['in UTF-8 that was read as latin1', `/x?schl\u00c3\u00bcssel=${SECRET}`],
  ])('is found %s', (_where, url) => {
    expect(redactUrl(url, policy)).not.toContain(SECRET);
    expect(JSON.stringify(queryString(url, policy))).not.toContain(SECRET);
    for (const name of ['Location', 'Link', 'X-Other', 'Destination']) {
      const value = name === 'Link' ? `<${url}>; rel=next` : url;
      const [field] = redactHeaders([{ name, value }], policy);
      expect(field?.value).not.toContain(SECRET);
    }
    expect(redactUrlsInText(`see ${url} now`, policy)).not.toContain(SECRET);
    expect(redactUrlsInText(`<a href="${url}">`, policy)).not.toContain(SECRET);
  });

  it('keeps a URL with an encoded ampersand that names nothing', () => {
    for (const url of [
      `/x?u=${e('/a?b=1&c=2')}`,
      '/proxy?https%3A%2F%2Fh%2Fx',
      '/a%3Bb/c;d=1?e=2',
    ]) {
      expect(redactUrl(url, policy)).toBe(url);
    }
  });

  it('is hidden to the end of its value, whatever quotes stand in it', () => {
    expect(redactUrlsInText(`/x?token=a'${SECRET}`, policy)).not.toContain(SECRET);
    expect(redactUrlsInText(`see /x?token=a"${SECRET}&b=1`, policy)).not.toContain(SECRET);
    expect(redactUrlsInText(`see "/x?a=1&token=b'${SECRET}" and 'c'`, policy)).toBe(
      `see "/x?a=1&token=%5BREDACTED%208%5D" and 'c'`,
    );
  });
});

describe('text without a denied name in a URL', () => {
  it.each([
    '<a href="/x?a=1&amp;b=2">Tom & Jerry</a>',
    "it's 1 + 1 = 2? #yes",
    'token: abc, token=abc',
    'text/html;q=0.9, a/b; token=1',
    'a@b.example, https://h/@x',
    '',
  ])('keeps every byte: %s', (text) => {
    expect(redactUrlsInText(text, policy)).toBe(text);
  });

  it('takes time in proportion to its length', () => {
    for (const piece of [
      '"',
      "'x",
      '?=',
      '%3d',
      'a"?=',
      '&token=',
      '//',
      ':',
      '=//',
      '%253D&',
      '/;',
      ':/',
      ' /a;',
      '/',
    ]) {
      expectLinear(300_000, (length) => {
        redactUrlsInText(`@${piece.repeat(length / piece.length)}`, policy);
      });
    }
  });
});
