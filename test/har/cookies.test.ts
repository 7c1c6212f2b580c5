import { describe, expect, it } from 'vitest';
import { requestCookies, responseCookies } from '../../src/har/cookies';
import { fields } from '../support/sample-exchanges';

describe('requestCookies', () => {
  it('lists names and masked values in order, duplicates included', () => {
    const headers = [
      { name: 'cookie', value: 'sid=[REDACTED 8]; theme=[REDACTED 4];sid=[REDACTED 2]' },
      { name: 'Cookie', value: 'late=[REDACTED 1]' },
    ];
    expect(requestCookies(headers)).toEqual([
      { name: 'sid', value: '[REDACTED 8]' },
      { name: 'theme', value: '[REDACTED 4]' },
      { name: 'sid', value: '[REDACTED 2]' },
      { name: 'late', value: '[REDACTED 1]' },
    ]);
  });

  it('finds no cookie in a header whose value is hidden, and none without a header', () => {
    expect(requestCookies(fields({ Cookie: '[REDACTED 32]' }))).toEqual([]);
    expect(requestCookies(fields({ Cookie: '; ;' }))).toEqual([]);
    expect(requestCookies([])).toEqual([]);
  });
});

describe('responseCookies', () => {
  function one(value: string) {
    return responseCookies([{ name: 'Set-Cookie', value }]);
  }

  it('reads the attributes that HAR knows, whatever their case and order', () => {
    const value =
      'sid=[REDACTED 8]; HTTPONLY; Path=/a=b; Expires=Wed, 21 Oct 2026 07:28:00 GMT; ' +
      'domain=.example.com; Max-Age=5; SameSite=Lax; secure';
    expect(one(value)).toEqual([
      {
        name: 'sid',
        value: '[REDACTED 8]',
        path: '/a=b',
        domain: '.example.com',
        expires: '2026-10-21T07:28:00.000Z',
        httpOnly: true,
        secure: true,
      },
    ]);
  });

  it.each([
    ['Wed, 21-Oct-2026 07:28:00 GMT', '2026-10-21T07:28:00.000Z'],
    ['Wed, 21 Oct 2026 07:28:00', '2026-10-21T07:28:00.000Z'],
    ['Thu, 01 Jan 1970 00:00:00 GMT', '1970-01-01T00:00:00.000Z'],
  ])('takes %s for a date', (sent, expected) => {
    expect(one(`a=[REDACTED 1]; Expires=${sent}`)[0]?.expires).toBe(expected);
  });

  it.each(['soon', '1', 'foo 1', '', 'Wed, 99 Xyz 2026 07:28:00 GMT'])(
    'leaves out the date %j',
    (sent) => {
      expect(one(`a=[REDACTED 1]; Expires=${sent}`)).toEqual([
        { name: 'a', value: '[REDACTED 1]' },
      ]);
    },
  );

  it('keeps one cookie a header and ignores empty attributes', () => {
    const headers = [
      { name: 'set-cookie', value: 'a=[REDACTED 1]; Path=; Domain=;;' },
      { name: 'Set-Cookie', value: 'b=[REDACTED 1]' },
      { name: 'Set-Cookie', value: '[REDACTED 12]' },
    ];
    expect(responseCookies(headers)).toEqual([
      { name: 'a', value: '[REDACTED 1]' },
      { name: 'b', value: '[REDACTED 1]' },
    ]);
  });
});
