import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMasked, mask, maskOfCaller, SecretMask } from '../../src/redaction/mask';
import { CallerMasks } from '../../src/redaction/secrets';

const KEY = 'owlbert-api-key';
const MASK =
  'sha512-u2GbQ83jIqNa+a8v110+8IDztQQr4joL1xSE+wFH51zSOA1qQKPwOC8t2n2LWJQA1mX4ZLZ45SEokITzLed/ow==?-key';

describe('masks', () => {
  it('are those of ReadMe: SHA-512, base64, and the last four characters', () => {
    expect(mask(KEY)).toBe(MASK);
    expect(isMasked(MASK)).toBe(true);
    expect(isMasked(KEY)).toBe(false);
  });

  it('show the last four characters of a value of twelve or more, and none of a shorter one', () => {
    expect(mask('0123456789a')).toMatch(/^sha512-.{88}\?$/);
    expect(mask('0123456789ab')).toMatch(/^sha512-.{88}\?89ab$/);
    expect(mask('🦉'.repeat(11))).toMatch(/\?$/);
    expect(mask('🦉'.repeat(12))).toMatch(/\?🦉🦉🦉🦉$/u);
    expect([mask('0123456789a'), mask('')].map(isMasked)).toEqual([true, true]);
  });

  it('of a caller always show the last four characters, as ReadMe reads them', () => {
    expect(maskOfCaller(KEY)).toBe(MASK);
    expect(maskOfCaller('user-17')).toMatch(/^sha512-.{88}\?r-17$/);
    expect(new CallerMasks().of('user-17').id).toBe(maskOfCaller('user-17'));
  });

  it('of a short key in a log show nothing of it', () => {
    const secrets = new CallerMasks().of('user-17x').secrets;
    expect(secrets.hide('{"a":"user-17x"}')).toBe(`{"a":"${mask('user-17x')}"}`);
    expect(secrets.hide('{"a":"user-17x"}')).not.toContain('-17x');
  });

  it('stand in place of credential headers and of every value that is the key', () => {
    const headers = [
      { name: 'Authorization', value: 'Basic dXNlcjpwYXNz' },
      { name: 'proxy-authorization', value: 'x' },
      { name: 'X-Api-Key', value: KEY },
      { name: 'X-Other', value: `Bearer ${KEY}` },
      { name: 'X-Plain', value: 'plain' },
    ];
    expect(new SecretMask(KEY).hideInHeaders(headers)).toEqual([
      { name: 'Authorization', value: mask('Basic dXNlcjpwYXNz') },
      { name: 'proxy-authorization', value: mask('x') },
      { name: 'X-Api-Key', value: MASK },
      { name: 'X-Other', value: `Bearer ${MASK}` },
      { name: 'X-Plain', value: 'plain' },
    ]);
  });

  it('leave names and attributes of cookies, and nothing of their values', () => {
    const headers = [
      { name: 'Cookie', value: 'sid=secret; theme=dark; bare; empty=' },
      { name: 'Set-Cookie', value: 'sid=a=b; Path=/; HttpOnly' },
    ];
    expect(new SecretMask(undefined).hideInHeaders(headers).map(({ value }) => value)).toEqual([
      'sid=[REDACTED 6]; theme=[REDACTED 4]; [REDACTED 4]; empty=[REDACTED 0]',
      'sid=[REDACTED 3]; Path=/; HttpOnly',
    ]);
  });

  it('hide a short key where it is a whole value, and nowhere else', () => {
    const secrets = new SecretMask('42');
    expect(secrets.hide('42')).toBe(mask('42'));
    expect(secrets.hide('Bearer 42')).toBe(`Bearer ${mask('42')}`);
    expect(secrets.hide('I am 420')).toBe('I am 420');
    expect(secrets.hideInUrl('/a42?x=42&y=142;z=%34%32#42')).toBe(
      `/a42?x=${encodeURIComponent(mask('42'))}&y=142;z=${encodeURIComponent(mask('42'))}#42`,
    );
  });

  it('hide a key of any characters in text, JSON and URLs', () => {
    const keys = fc
      .string({ minLength: 8, maxLength: 40, unit: 'grapheme' })
      .filter((key) => key.length >= 8);
    fc.assert(
      fc.property(keys, fc.string(), (key, around) => {
        const secrets = new SecretMask(key);
        const json = secrets.hide(JSON.stringify({ around, key }));
        expect((JSON.parse(json) as { key: string }).key).toBe(mask(key));
        const url = secrets.hideInUrl(`http://h/p?k=${encodeURIComponent(key)}`);
        expect(new URL(url).searchParams.get('k')).toBe(mask(key));
        const form = secrets.hide(`a=1&${new URLSearchParams({ k: key })}`);
        expect(form).not.toContain(new URLSearchParams({ k: key }).toString().slice(2));
      }),
    );
  });
});
