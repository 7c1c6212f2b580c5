import { describe, expect, it } from 'vitest';
import { redactHeaders } from '../../src/redaction/headers';
import { compilePolicy } from '../../src/redaction/policy';
import { queryString, redactUrl } from '../../src/redaction/url';
import { withoutUserinfo, withoutUserinfoWithin } from '../../src/redaction/userinfo';
import { expectLinear } from '../support/linear-time';

const P = 's3cr3t';
const e = encodeURIComponent;
const policies = [{}, { denylist: ['x'] }, { allowlist: ['u', 'link', 'host'] }].map(compilePolicy);

describe('user name and password', () => {
  it.each([
    ['ws://user:PW@h/x', 'ws://h/x'],
    ['ftp://user:PW@h/x', 'ftp://h/x'],
    ['postgres+ssl://user:PW@h/x', 'postgres+ssl://h/x'],
    ['//user:PW@h/x', '//h/x'],
    ['http://api//user:PW@h/x', 'http://api//h/x'],
    ['https:/user:PW@h/', 'https:/h/'],
    ['https:user:PW@h/', 'https:h/'],
    ['https:\\\\user:PW@h/', 'https:\\\\h/'],
    ['https:\t//user:PW@h/', 'https:\t//h/'],
    ['/\\user:PW@h/', '/\\h/'],
    ['\\\\user:PW@h/', '\\\\h/'],
    [' https://user:PW@h/', ' https://h/'],
    ['https://user:P&W"<@h/', 'https://h/'],
    ['https://user:p%2Fw%40PW@h/', 'https://h/'],
    ['/proxy/https://user:PW@h/x', '/proxy/https://h/x'],
    ['/x?u=ftp://user:PW@h/x&b=a@b', '/x?u=ftp://h/x&b=a@b'],
    ['/x?u=//user:PW@h/x', '/x?u=//h/x'],
    [`/x?u=${e('https://user:PW@h/x')}`, `/x?u=${e('https://h/x')}`],
    [`/x?u=${e(`/y?u=${e('https://user:PW@h/x')}`)}`, `/x?u=${e(`/y?u=${e('https://h/x')}`)}`],
    ['/x?u=https%3A//user:PW@h/x', '/x?u=https%3A//h/x'],
    ['jdbc:postgresql://user:PW@h/db', 'jdbc:postgresql://h/db'],
  ])('are left out of %j', (pattern, expected) => {
    const url = pattern.replace('PW', P);
    expect(withoutUserinfo(url)).toBe(expected);
    for (const policy of policies) {
      expect(redactUrl(url, policy)).toBe(
        expected.replace('&b=a@b', policy.mode === 'allow' ? '' : '&b=a@b'),
      );
      expect(JSON.stringify(queryString(url, policy))).not.toContain(P);
    }
  });

  it.each([
    ['Host', 'user:PW@h:80', 'h:80'],
    ['X-Forwarded-Host', 'user:PW@a, b, u@c', 'a, b, c'],
    [
      'Forwarded',
      'for=192.0.2.1;host="user:PW@h";proto=https',
      'for=192.0.2.1;host="h";proto=https',
    ],
    ['Destination', 'http://user:PW@h/dav/x', 'http://h/dav/x'],
    ['Origin', 'https://user:PW@h', 'https://h'],
    ['Link', '<https://user:PW@h/x>; rel="next", <//u:PW@h>', '<https://h/x>; rel="next", <//h>'],
    ['Refresh', '5; url=https://user:PW@h/', '5; url=https://h/'],
    ['X-Any', 'from "redis://user:PW@h:1" to a@b.example', 'from "redis://h:1" to a@b.example'],
    ['Refresh', "0; url=http://u!$&'()*+,;=:PW@h/", '0; url=http://h/'],
    ['Link', "<http://u!$&'()*+,;=:PW@h/>; rel=next", '<http://h/>; rel=next'],
    ['X-Any', "see url='//u&x:PW@h/'", "see url='//h/'"],
    ['From', 'owl@example.com', 'owl@example.com'],
    ['Contact', '<mailto:owl@example.com>', '<mailto:owl@example.com>'],
  ])('are left out of the header %s', (name, pattern, expected) => {
    for (const policy of [{}, { denylist: ['x'] }].map(compilePolicy)) {
      const [field] = redactHeaders([{ name, value: pattern.replaceAll('PW', P) }], policy);
      expect(field?.value).toBe(expected);
    }
  });

  it('are sought in time that is in proportion to the length', () => {
    for (const piece of [
      '@',
      ':',
      'http:',
      '//',
      '://',
      '%40',
      '%2540',
      ':/',
      'http:a',
      '=//',
      '%25',
    ]) {
      expectLinear(300_000, (length) => {
        const text = piece.repeat(length / piece.length);
        withoutUserinfo(`http://h/?@${text}`);
        withoutUserinfoWithin(`${text}@%2540`);
      });
    }
  });
});
