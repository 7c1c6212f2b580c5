import { describe, expect, it } from 'vitest';
import { formParams, formText } from '../../src/har/forms';
import { compilePolicy } from '../../src/redaction/policy';

const none = compilePolicy({});
const deny = compilePolicy({ denylist: ['password', /^card/] });
const allow = compilePolicy({ allowlist: ['name'] });

describe('formParams', () => {
  it('decodes names and values, and keeps order, duplicates and empty ones', () => {
    expect(formParams('?b=1&a=x+y%26&b=%C3%A9&empty=&bare&&%zz=%')).toEqual([
      { name: '?b', value: '1' },
      { name: 'a', value: 'x y&' },
      { name: 'b', value: 'é' },
      { name: 'empty', value: '' },
      { name: 'bare', value: '' },
      { name: '%zz', value: '%' },
    ]);
    expect(formParams('')).toEqual([]);
  });

  it('reads what formText leaves', () => {
    expect(formParams(formText('name=Owl&Pass%77ord=s%C3%A9cret&cardNumber=42', deny))).toEqual([
      { name: 'name', value: 'Owl' },
      { name: 'Password', value: '[REDACTED 6]' },
      { name: 'cardNumber', value: '[REDACTED 2]' },
    ]);
    expect(formParams(formText('name=Owl&password=secret&NAME=Two', allow))).toEqual([
      { name: 'name', value: 'Owl' },
      { name: 'NAME', value: 'Two' },
    ]);
  });
});

describe('formText', () => {
  it('keeps the bytes of what passes', () => {
    const form = '?a=%31&&b==+%20;c=é&bare&%zz=%;';
    expect(formText(form, none)).toBe(form);
    expect(formText(form, deny)).toBe(form);
  });

  it('hides values in place, and the whole of a value that holds a semicolon', () => {
    expect(formText('a=%31&p%61ssword=s%C3%A9cret;a=b&a=x+y', deny)).toBe(
      'a=%31&p%61ssword=%5BREDACTED%2010%5D&a=x+y',
    );
    expect(formText('password', deny)).not.toContain('password=password');
  });

  it('hides what follows a semicolon, for servers that end fields there', () => {
    expect(formText('a=1;password=secret&b=2', deny)).toBe('a=1;password=%5BREDACTED%206%5D&b=2');
    expect(formText('name=Owl;password=secret', allow)).toBe('name=Owl');
  });

  it('leaves out what an allowlist does not name', () => {
    expect(formText('a=1&name=%4Fwl&password=secret', allow)).toBe('name=%4Fwl');
    expect(formText('a=1', allow)).toBe('');
  });
});
