import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { responseCookies } from '../../src/har/cookies';
import { SecretMask } from '../../src/redaction/mask';
import { expectLinear } from '../support/linear-time';

const SECRET = 's3cr3t';
const none = new SecretMask(undefined);

function hidden(name: string, value: string, secrets = none): string {
  return secrets.hideInHeaders([{ name, value }])[0]?.value ?? '';
}

describe('values of cookies', () => {
  it.each([
    ['a=1; Path=/, sid=s3cr3t; HttpOnly', 'a=[REDACTED 1]; Path=/, sid=[REDACTED 6]; HttpOnly'],
    [
      't=x; Expires=Wed, 21 Oct 2026 07:28:00 GMT, sid=s3cr3t; Secure',
      't=[REDACTED 1]; Expires=Wed, 21 Oct 2026 07:28:00 GMT, sid=[REDACTED 6]; Secure',
    ],
    [
      't=x; expires=Wed, 21-Oct-26 07:28:00 GMT; Path=/',
      't=[REDACTED 1]; expires=Wed, 21-Oct-26 07:28:00 GMT; Path=/',
    ],
    ['t=x; Expires=Wed, sid=s3cr3t', 't=[REDACTED 1]; Expires=Wed, sid=[REDACTED 6]'],
    ['a="b;s3cr3t"; Path=/', 'a=[REDACTED 10]; Path=/'],
    ['a="b;Path=s3cr3t"; Path=/', 'a=[REDACTED 15]; Path=/'],
    ['a="b\\"; Path=s3cr3t"; Secure', 'a=[REDACTED 18]; Secure'],
    ['a="b;s3cr3t; Path=/', 'a=[REDACTED 2];[REDACTED 6]; Path=/'],
    ['a=1; Path=/, s3cr3t; Path=/', 'a=[REDACTED 1]; Path=/, [REDACTED 6]; Path=/'],
    ['a=1; Domain=h,s3cr3t', 'a=[REDACTED 1]; Domain=h,[REDACTED 6]'],
    [
      'a=1; Comment="x;s3cr3t"; Secure',
      'a=[REDACTED 1]; Comment=[REDACTED 2];[REDACTED 7]; Secure',
    ],
    ['a=1,s3cr3t; Path=/', 'a=[REDACTED 8]; Path=/'],
    ['s3cr3t, a=1; Path=/', '[REDACTED 11]; Path=/'],
    ['s3cr3t', '[REDACTED 6]'],
  ])('are hidden in the Set-Cookie %s', (value, expected) => {
    expect(hidden('Set-Cookie', value)).toBe(expected);
    expect(hidden('set-cookie2', value)).not.toContain(SECRET);
  });

  it.each(['a="x;s3cr3t"; b=1', 'a=1,b=s3cr3t', 's3cr3t,a=1', 's3cr3t b=1', '"s3cr3t=1'])(
    'are hidden in the Cookie %s',
    (value) => {
      expect(hidden('Cookie', value)).not.toContain(SECRET);
      expect(hidden('Cookie2', value)).not.toContain(SECRET);
    },
  );

  it('of a folded field are cookies of their own in the log', () => {
    const value = hidden(
      'Set-Cookie',
      'a=1; Path=/x, b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure',
    );
    expect(responseCookies([{ name: 'Set-Cookie', value }])).toEqual([
      { name: 'a', value: '[REDACTED 1]', path: '/x' },
      { name: 'b', value: '[REDACTED 1]', expires: '2026-10-21T07:28:00.000Z', secure: true },
    ]);
  });

  it('never leave, in whatever order attributes, quotes and commas come', () => {
    const piece = fc.constantFrom(
      ...['a=', 'Path=/', 'Expires=Wed', ' 21 Oct 2026 07:28:00 GMT', 'HttpOnly', '"', '\\', ' '],
    );
    const joint = fc.constantFrom(';', '; ', ',', ', ', '');
    const part = fc.tuple(piece, joint).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 8 }),
        fc.array(part, { maxLength: 4 }),
        (before, after) => {
          const value = `${before.join('')}, sid=${SECRET};${after.join('')}`;
          expect(hidden('Set-Cookie', value)).not.toContain(SECRET);
        },
      ),
    );
  });

  it('are found in time that is in proportion to the length', () => {
    for (const piece of [',', ';', 'a="', ',a="', ';expires=Wed,', '=', '"', '\\"']) {
      expectLinear(200_000, (length) => {
        hidden('Set-Cookie', `a="${piece.repeat(length / piece.length)}`);
      });
    }
  });
});

describe('the key of a caller', () => {
  const KEY = 'owlkey-ABCDEF-123456789';
  const secrets = new SecretMask(KEY);

  it('is hidden in names and attributes of cookies, and in names of header fields in any case', () => {
    const fields: [string, string][] = [
      ['Cookie', `${KEY}=1; a_${KEY}=2`],
      ['Set-Cookie', `s_${KEY}=1; Path=/u/${KEY}; Domain=${KEY}.example`],
      [`X-${KEY}`, '1'],
      [`x-${KEY.toLowerCase()}-x`, '1'],
    ];
    for (const [name, value] of fields) {
      const shown = JSON.stringify(secrets.hideInHeaders([{ name, value }])).toLowerCase();
      expect(shown).not.toContain(KEY.toLowerCase());
    }
  });
});
