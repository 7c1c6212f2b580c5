import { describe, expect, it } from 'vitest';
import { validUri } from '../../src/har/uri';
import { compilePolicy } from '../../src/redaction/policy';
import { validateHarEntry } from '../support/har-schema';
import { expectLinear } from '../support/linear-time';
import { entryOf, sampleExchange } from '../support/sample-exchanges';

const NONE = compilePolicy({});

describe('the URL of a log', () => {
  it.each([
    ['http://h/?a[]=1', 'http://h/?a%5B%5D=1'],
    ['http://h/"<>\\^`{|}[]', 'http://h/%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D'],
    ['http://h/100%', 'http://h/100%25'],
    ['http://h/%zz%4', 'http://h/%25zz%254'],
    ['http://h/%20%C3%A9', 'http://h/%20%C3%A9'],
    ['http://h/a#b#c', 'http://h/a#b%23c'],
    ['http://[::1]:80/?a[]=1', 'http://[::1]:80/?a%5B%5D=1'],
    ['http://[::1]/', 'http://[::1]/'],
    ['http://a:b:c/', 'http://a%3Ab%3Ac/'],
    ['http://a"b[]/', 'http://a%22b%5B%5D/'],
    ['http://h:/', 'http://h:/'],
    ['http:///x', 'http:///x'],
    ["http://h/~!$&'()*+,;=:@-._/?/?", "http://h/~!$&'()*+,;=:@-._/?/?"],
  ])('of %s is %s, which is a URI', (sent, uri) => {
    expect(validUri(sent)).toBe(uri);
    const entry = entryOf(sampleExchange({ request: { url: sent } }), NONE);
    expect(entry.request.url).toBe(uri);
    expect(validateHarEntry(entry)).toEqual([]);
  });

  it('means the same: its query has the names and values that were sent', () => {
    const request = { url: 'http://h/x?ids[]=1&q={a}|%&%zz=é' };
    expect(entryOf(sampleExchange({ request }), NONE).request.queryString).toEqual([
      { name: 'ids[]', value: '1' },
      { name: 'q', value: '{a}|%' },
      { name: '%zz', value: expect.any(String) },
    ]);
  });

  it('has what a list denies replaced, however it was sent', () => {
    const policy = compilePolicy({ denylist: ['ids[]'] });
    const request = { url: 'http://h/x?ids[]=owl&u=https:\\\\me:pw@h/' };
    const { url, queryString } = entryOf(sampleExchange({ request }), policy).request;
    expect(url).toBe('http://h/x?ids%5B%5D=%5BREDACTED%203%5D&u=https:%5C%5Ch/');
    expect(queryString[0]).toEqual({ name: 'ids[]', value: '%5BREDACTED%203%5D' });
  });

  it('takes time in proportion to its length', () => {
    for (const piece of ['#', '%', '[', '%2', 'a']) {
      expectLinear(200_000, (length) => validUri(`http://h/?${piece.repeat(length)}`));
    }
  });
});
