import { describe, expect, it } from 'vitest';
import { redactHeaders } from '../../src/redaction/headers';
import { redactParameters } from '../../src/redaction/parameters';
import { compilePolicy } from '../../src/redaction/policy';
import { expectLinear } from '../support/linear-time';

const lists = { token: ['token'], '@credentials': ['@credentials'] };

function value(text: string, denylist: (string | RegExp)[], name = 'X-Foo'): string | undefined {
  return redactHeaders([{ name, value: text }], compilePolicy({ denylist }))[0]?.value;
}

describe.each(Object.entries(lists))('a denylist of %s', (_, denylist) => {
  it.each([
    ['X-Foo', 'token=S', 'token=[REDACTED 1]'],
    ['X-Foo', 'Token = abc', 'Token = [REDACTED 3]'],
    ['X-Foo', 'a=1; token=S; b=2', 'a=1; token=[REDACTED 1]; b=2'],
    ['X-Foo', 'a=1, token=S', 'a=1, token=[REDACTED 1]'],
    ['X-Foo', 'a=1,token=S,b=2', 'a=1,token=[REDACTED 1],b=2'],
    ['X-Foo', 'token=S,T; b=2', 'token=[REDACTED 3]; b=2'],
    ['X-Foo', 'token=S T; b=2', 'token=[REDACTED 3]; b=2'],
    ['X-Foo', 'token="S;b=2"; c', 'token="[REDACTED 5]"; c'],
    ['X-Foo', 'token="S\\"T"; c', 'token="[REDACTED 4]"; c'],
    ['X-Foo', 'token="S', 'token="[REDACTED 1]'],
    ['X-Foo', 'token="S"T', 'token=[REDACTED 4]'],
    ['X-Foo', '5" token="S"', '5" token="[REDACTED 1]"'],
    ['X-Foo', "token='S;T'", 'token=[REDACTED 5]'],
    ['X-Foo', '"token"="S"', '"token"="[REDACTED 1]"'],
    ['X-Foo', "token*=UTF-8''S", 'token*=[REDACTED 8]'],
    ['X-Foo', 'x:token=S', 'x:token=[REDACTED 1]'],
    ['X-Foo', 'to%6ben=S', 'to%6ben=[REDACTED 1]'],
    ['X-Foo', 'token=a, token=bc', 'token=[REDACTED 1], token=[REDACTED 2]'],
    ['X-Foo', 'token=aa==; b=1', 'token=[REDACTED 4]; b=1'],
    ['X-Foo', 'a=1&token=S; b=2', 'a=1&token=%5BREDACTED%202%5D b=2'],
    ['Forwarded', 'for=1.2.3.4;token=S', 'for=1.2.3.4;token=[REDACTED 1]'],
    ['Prefer', 'token=S', 'token=[REDACTED 1]'],
    ['Authentication-Info', 'a="b", token="S"', 'a="b", token="[REDACTED 1]"'],
    [
      'WWW-Authenticate',
      'Digest realm="a, b", token="S", Basic realm="c"',
      'Digest realm="a, b", token="[REDACTED 1]", Basic realm="c"',
    ],
    ['WWW-Authenticate', 'Bearer token=S, Basic c=1', 'Bearer token=[REDACTED 1], Basic c=1'],
    ['Link', '</a>; token=S, </b>; rel=x', '</a>; token=[REDACTED 1], </b>; rel=x'],
    ['Link', '<token=S>; rel=x', '<token=[REDACTED 1]>; rel=x'],
    ['Link', '</x;token=abc/y>; rel=x', '</x;token=%5BREDACTED%203%5D/y>; rel=x'],
    ['X-Foo', 'see /x?token=abc now; a=1', 'see /x?token=%5BREDACTED%203%5D now; a=1'],
    ['Server-Timing', 'a;desc="token=S", b;dur=1', 'a;desc="token=[REDACTED 1]", b;dur=1'],
    ['Server-Timing', 'a;desc="b=1; token=S"', 'a;desc="b=1; token=[REDACTED 1]"'],
  ])('hides the parameter in %s: %s', (name, sent, shown) => {
    expect(value(sent, denylist, name)).toBe(shown);
  });

  it.each([
    ['Accept', 'text/html;q=0.9, */*;q=0.8'],
    ['Content-Type', 'multipart/form-data; boundary=a=b'],
    ['X-Foo', 'tokenish=1; a=token; b="token"'],
    ['X-Foo', '=token; token; a'],
    ['X-Foo', 'token=[REDACTED 7]; a="[REDACTED 3]"'],
    ['Authorization', 'sha512-a; token=b'],
    ['Set-Cookie', 'token=[REDACTED 3]; Path=/'],
  ])('keeps every byte of %s: %s', (name, sent) => {
    expect(value(sent, denylist, name)).toBe(sent);
  });

  it('changes nothing that it has hidden when it is applied again', () => {
    const once = value('a=1; token=S; b="token=T"', denylist) as string;
    expect(once).toBe('a=1; token=[REDACTED 1]; b="token=[REDACTED 1]"');
    expect(value(once, denylist)).toBe(once);
  });
});

describe('parameters of header fields', () => {
  it('hides those of @credentials', () => {
    const digest = 'Digest username="u", password="S"';
    expect(value(digest, ['@credentials'], 'WWW-Authenticate')).toBe(
      'Digest username="u", password="[REDACTED 1]"',
    );
    expect(value('access_token="S"', ['@credentials'], 'Authentication-Info')).toBe(
      'access_token="[REDACTED 1]"',
    );
  });

  it('are found by names with spaces, with brackets and by RegExps', () => {
    expect(value('a=1; card no=2', ['card no'])).toBe('a=1; card no=[REDACTED 1]');
    expect(value('user[card]=2', ['user.card'])).toBe('user[card]=[REDACTED 1]');
    expect(value('a=1;x-card=2', [/card/])).toBe('a=1;x-card=[REDACTED 1]');
  });

  it('are left alone by an allowlist, which has passed the whole field, and without lists', () => {
    for (const policy of [compilePolicy({}), compilePolicy({ allowlist: ['X-Foo'] })]) {
      expect(redactHeaders([{ name: 'X-Foo', value: 'token=S' }], policy)[0]?.value).toBe(
        'token=S',
      );
    }
  });

  it.each([
    'a',
    'a=',
    ';',
    ', ',
    '"',
    'a ',
    '<',
    '=',
    ';a b',
    'token=;',
    'a\\"',
    "token='",
    ';token=a',
    ',token=[REDACTED 1]',
    '&token=%5BREDACTED%203%5D',
  ])('take time in proportion to the length of the field, also of %s again and again', (part) => {
    const policy = compilePolicy({ denylist: ['token'] });
    expectLinear(200_000, (length) => {
      const many = part.repeat(length / part.length);
      redactParameters(`token=${many}`, policy);
      redactParameters(`b=${many}=`, policy);
    });
  });
});
