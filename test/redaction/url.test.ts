import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../src/redaction/policy';
import { queryString, redactUrl } from '../../src/redaction/url';
import { expectLinear } from '../support/linear-time';

const deny = (url: string, ...denylist: (string | RegExp)[]) =>
  redactUrl(url, compilePolicy({ denylist }));
const allow = (url: string, ...allowlist: (string | RegExp)[]) =>
  redactUrl(url, compilePolicy({ allowlist }));

describe('a denylist on URLs', () => {
  it.each([
    ['https://h/x?a=1&token=secret&b=2', 'https://h/x?a=1&token=%5BREDACTED%206%5D&b=2'],
    ['/x?token=a%20b+c', '/x?token=%5BREDACTED%205%5D'],
    ['/x?token=%E2%82%AC', '/x?token=%5BREDACTED%201%5D'],
    ['/x?token=%F0%9F%98%80', '/x?token=%5BREDACTED%202%5D'],
    ['/x?token=a=b=c', '/x?token=%5BREDACTED%205%5D'],
    ['/x?token=', '/x?token=%5BREDACTED%200%5D'],
    ['/x?token=a&token=bb', '/x?token=%5BREDACTED%201%5D&token=%5BREDACTED%202%5D'],
    ['/x?a=1;token=x;b=2&c=3', '/x?a=1;token=%5BREDACTED%205%5D&c=3'],
    ['?TOKEN=x', '?TOKEN=%5BREDACTED%201%5D'],
    ['token?token=token', 'token?token=%5BREDACTED%205%5D'],
  ])('replaces a value by its decoded length, percent-encoded: %s', (url, expected) => {
    expect(deny(url, 'token')).toBe(expected);
  });

  it.each(['/x?%74oken=x', '/x?t%6Fken=x', '/x?tok%65n=%zz'])('decodes names: %s', (url) => {
    expect(deny(url, 'token')).toMatch(/=%5BREDACTED%20\d%5D$/);
  });

  it('takes + for a space, and malformed escapes as they are', () => {
    expect(deny('/?my+key=x&my%20key=x&100%=x&%zzé=x', 'my key', '100%', '%zzé')).toBe(
      '/?my+key=%5BREDACTED%201%5D&my%20key=%5BREDACTED%201%5D&100%=%5BREDACTED%201%5D&%zzé=%5BREDACTED%201%5D',
    );
    expect(deny('/?p=%', 'p')).toBe('/?p=%5BREDACTED%201%5D');
  });

  it('matches bracketed names as paths', () => {
    expect(deny('/?user%5Bpassword%5D=x&user[name]=y', 'user.password')).toBe(
      '/?user%5Bpassword%5D=%5BREDACTED%201%5D&user[name]=y',
    );
  });

  it.each(['/x', '/x?', '/x?token', '/x?&&a=1&', '/token=x', '/x#token', '/x?a=%zz&b=+', '*', ''])(
    'keeps every byte of %s',
    (url) => {
      expect(deny(url, 'token')).toBe(url);
    },
  );

  it('redacts a fragment that holds pairs', () => {
    expect(deny('https://h/cb?a=1#access_token=abc&state=x', 'access_token')).toBe(
      'https://h/cb?a=1#access_token=%5BREDACTED%203%5D&state=x',
    );
    expect(deny('https://h/#/route?access_token=abc', 'access_token')).toBe(
      'https://h/#/route?access_token=%5BREDACTED%203%5D',
    );
    expect(deny('/#?token=x', 'token')).toBe('/#?token=%5BREDACTED%201%5D');
  });

  it('redacts the query of a URL that stands in a value as it is', () => {
    expect(deny('/login?next=/cb?token=abc&x=1', 'token')).toBe(
      '/login?next=/cb?token=%5BREDACTED%203%5D&x=1',
    );
  });

  it.each([
    ['/?redirect_uri=https%3A%2F%2Fh%3Ftoken%3Dx&a=1', 17],
    ['/?next=%2Fcb%3Fa=1%26TOKEN=x', undefined],
    ['/?u=%2Fa%253F%2574oken%253Dx', undefined],
    ['/?u=/a%3Fb%3Dc%23token%3Dx', undefined],
    ['/?state=token%3Dx', 7],
  ])('hides a value that has a denied name within, percent-encoded: %s', (url, length) => {
    expect(deny(url, 'token')).not.toMatch(/token|%2574oken/i);
    if (length !== undefined) {
      expect(deny(url, 'token').replace('&a=1', '')).toMatch(`=%5BREDACTED%20${length}%5D`);
    }
  });

  it('keeps a value that has only other names within, and one that is encoded without end', () => {
    const url = '/?redirect_uri=https%3A%2F%2Fh%3Fa%3Dtoken&json=%7B%22token%22%3A%22x%22%7D';
    expect(deny(url, 'token')).toBe(url);
    expect(deny(`/?u=%${'25'.repeat(9)}3Dx`, 'token')).toMatch(/^\/\?u=%5BREDACTED%20\d+%5D$/);
  });

  it('finds a name in every writing of a query', () => {
    expect(deny('/?a[b]=1&a%5Bb%5D=2&a.b=3&a=4', 'a.b')).toBe(
      '/?a[b]=%5BREDACTED%201%5D&a%5Bb%5D=%5BREDACTED%201%5D&a.b=%5BREDACTED%201%5D&a=4',
    );
    expect(deny('/?a=1&a=22&%41=333&b=1;a=2', 'a')).toBe(
      '/?a=%5BREDACTED%201%5D&a=%5BREDACTED%202%5D&%41=%5BREDACTED%203%5D&b=1;a=%5BREDACTED%201%5D',
    );
  });

  it('hides the rest of a value that holds a semicolon', () => {
    expect(deny('/?password=se;cret&x=1', 'password')).toBe('/?password=%5BREDACTED%207%5D&x=1');
  });
});

describe('an allowlist on URLs', () => {
  it.each([
    ['/x?a=1&b=2&c=3', '/x?a=1&c=3'],
    ['/x?b=2&c=3', '/x?c=3'],
    ['/x?b=2', '/x'],
    ['/x?', '/x'],
    ['/x', '/x'],
    ['/x?a&b', '/x?a'],
    ['/x?b=1;a=%zz;c=+&d', '/x?a=%zz;c=+'],
    ['/x?%61=1&A=2', '/x?%61=1&A=2'],
    ['/x?b=1#b=2', '/x'],
    ['/x?a=1#b=2&c=3', '/x?a=1#c=3'],
    ['/x?b=1#section', '/x#section'],
  ])('leaves out what it does not name, name and value: %s', (url, expected) => {
    expect(allow(url, 'a', 'c')).toBe(expected);
  });

  it('leaves out every pair when it is empty', () => {
    expect(allow('https://h/x?a=1&b')).toBe('https://h/x');
  });
});

describe('user name and password of a URL', () => {
  const policies = [{}, { denylist: ['x'] }, { allowlist: ['a'] }].map(compilePolicy);

  it.each([
    ['https://user:pass@host/p?a=b@c#d@e', 'https://host/p?a=b@c#d@e'],
    ['https://user@host', 'https://host'],
    ['https://u:p@ss@host:1?a=1', 'https://host:1?a=1'],
    ['//user:pass@host/', '//host/'],
    ['HTTP://@host/', 'HTTP://host/'],
  ])('are left out whatever the lists: %s', (url, expected) => {
    for (const policy of policies) expect(redactUrl(url, policy)).toBe(expected);
  });

  it.each(['https://host/@x', '/a@b', 'mailto:a@b', 'https://host?a=@', '/x//u:p@h'])(
    'are not in %s',
    (url) => {
      for (const policy of policies) expect(redactUrl(url, policy)).toBe(url);
    },
  );
});

describe('queryString', () => {
  it('has decoded names and values in order, with duplicates', () => {
    expect(queryString('/x?b=%20+%zz&a&b=2=3&&%C3%A9=#c=1', compilePolicy({}))).toEqual([
      { name: 'b', value: '  %zz' },
      { name: 'a', value: '' },
      { name: 'b', value: '2=3' },
      { name: 'é', value: '' },
    ]);
    expect(queryString('/x', compilePolicy({}))).toEqual([]);
    expect(queryString('/x?', compilePolicy({}))).toEqual([]);
    expect(queryString('/x#?a=1', compilePolicy({}))).toEqual([]);
  });

  it('has the same text for a denied value as the URL', () => {
    const policy = compilePolicy({ denylist: ['token'] });
    expect(queryString('/x?%74oken=secret&a=1&token&u=/y?token=b', policy)).toEqual([
      { name: 'token', value: '%5BREDACTED%206%5D' },
      { name: 'a', value: '1' },
      { name: 'token', value: '' },
      { name: 'u', value: '/y?token=%5BREDACTED%201%5D' },
    ]);
  });

  it('has only what the allowlist names', () => {
    const policy = compilePolicy({ allowlist: ['a'] });
    expect(queryString('/x?b=1&a=2&c&A=%20', policy)).toEqual([
      { name: 'a', value: '2' },
      { name: 'A', value: ' ' },
    ]);
  });
});

describe('any URL', () => {
  const name = fc.constantFrom('a', 'b', 'Token', 'x%20y', 'x+y', '%zz', 'user[token]', 'é', '');
  const value = fc.constantFrom('', '=1', '=%zz', '=a+b', '=%20', '=/p', '=é', '==', '=a?b');
  const pair = fc.tuple(name, value).map((parts) => parts.join(''));
  const pairs = fc
    .array(fc.tuple(pair, fc.constantFrom('&', ';')), { maxLength: 6 })
    .map((list) => list.flat().join(''));
  const url = fc
    .tuple(fc.constantFrom('', '/x', 'https://h/y'), fc.constantFrom('', '?'), pairs, pairs)
    .map(
      ([path, mark, query, fragment]) =>
        path + mark + (mark && query) + (fragment && `#${fragment}`),
    );

  it('keeps its bytes where a denylist names nothing in it', () => {
    fc.assert(
      fc.property(url, (text) => {
        expect(deny(text, 'secret', '**.secret', 'a.secret', /secret/)).toBe(text);
      }),
    );
  });

  it('never shows a denied value, in url or queryString, before or after other pairs', () => {
    const policy = compilePolicy({ denylist: ['token', 'user.token', /^key$/] });
    const denied = fc.constantFrom('token', 'TOKEN', 'tok%65n', 'user[token]', 'user.token', 'KEY');
    const secret = fc.constantFrom(
      's3cr3t',
      's3cr3t%20+%zz',
      '?s3cr3t',
      's3cr3t=s3cr3t',
      '%s3cr3t',
    );
    fc.assert(
      fc.property(pairs, denied, secret, pairs, (before, denyName, text, after) => {
        const full = `https://h/x?${before}${denyName}=${text}&${after}`;
        expect(redactUrl(full, policy)).not.toContain('s3cr3t');
        expect(redactUrl(`/x#${before}${denyName}=${text}&${after}`, policy)).not.toContain(
          's3cr3t',
        );
        expect(JSON.stringify(queryString(full, policy))).not.toContain('s3cr3t');
      }),
    );
  });

  it('tells the same in url and queryString', () => {
    const policies = [{}, { denylist: ['token', 'a'] }, { allowlist: ['token', 'x y'] }];
    // With a list, names are sought after `;` too.
    const nothingDenied = compilePolicy({ denylist: ['a name that nothing has'] });
    fc.assert(
      fc.property(url, fc.constantFrom(...policies), (text, lists) => {
        const policy = compilePolicy(lists);
        const reader = policy.mode === 'none' ? policy : nothingDenied;
        const again = queryString(redactUrl(text, policy), reader);
        const decoded = queryString(text, policy).map(({ name: key, value: shown }) => ({
          name: key,
          value: shown.replace(/%5BREDACTED%20(\d+)%5D/, '[REDACTED $1]'),
        }));
        expect(again).toEqual(decoded);
      }),
    );
  });

  it('never makes it throw', () => {
    const policies = [{}, { denylist: ['a', /b/] }, { allowlist: ['a'] }].map(compilePolicy);
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'ab?&;#=%/:@+[].2\ud800é') }),
    );
    fc.assert(
      fc.property(text, (input) => {
        for (const policy of policies) {
          expect(typeof redactUrl(input, policy)).toBe('string');
          expect(Array.isArray(queryString(input, policy))).toBe(true);
        }
      }),
    );
  });

  it('takes time in proportion to its length, up to a megabyte', () => {
    const policy = compilePolicy({ denylist: ['a', '**.x'] });
    for (const piece of ['&', ';', '?', '#', '=', 'a=1&', 'b?', '%61', '%', '@', 'b=?', 'a=;']) {
      expectLinear(1e6, (length) => {
        redactUrl(`https://h/?${piece.repeat(length / piece.length)}`, policy);
      });
    }
  });
});
