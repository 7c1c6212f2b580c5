import { describe, expect, it } from 'vitest';
import { mediaTypeOf } from '../../src/har/media-type';
import { compilePolicy } from '../../src/redaction/policy';
import { described, none, text } from '../support/described-body';

const deny = compilePolicy({ denylist: ['password'] });
const SECRET = 's3cr3t';
const FORM = 'application/x-www-form-urlencoded';

const typeOf = (...values: string[]) =>
  mediaTypeOf(values.map((value) => ({ name: 'Content-Type', value })));

describe('a Content-Type', () => {
  it.each([
    ['application/json', { type: 'application/json' }],
    ['Application/JSON;charset=utf-8', { type: 'application/json', charset: 'utf-8' }],
    [`${FORM} charset=latin1`, { type: FORM, charset: 'latin1' }],
    [`text/plain, ${FORM}`, { type: FORM }],
    ['text/plain;charset=utf-8, application/json', { type: 'application/json', charset: 'utf-8' }],
    ['"application/json"', { type: 'application/json' }],
    ['application / json', { type: 'application/json' }],
    ['application/json,', { type: 'application/json' }],
    ['text/html', { type: 'text/html' }],
    ['', { type: '' }],
  ])('%s is read tolerantly', (value, expected) => {
    expect(typeOf(value)).toMatchObject(expected);
  });

  it('of several fields is the one that has names', () => {
    expect(typeOf('text/plain', 'application/json').type).toBe('application/json');
    expect(typeOf('application/json', 'text/plain').type).toBe('application/json');
    expect(typeOf('text/html', 'text/plain').type).toBe('text/html');
  });
});

describe('a form that its type does not give away', () => {
  it.each([
    ['text/plain', `remember&password=${SECRET}`],
    ['text/plain', `&a=1&password=${SECRET}`],
    ['text/plain', `a=1&&password=${SECRET}&`],
    [undefined, `flag&password=${SECRET}`],
    [`${FORM} charset=utf-8`, `a={x}&password=${SECRET}`],
    [`text/plain, ${FORM}`, `a="x"&password=${SECRET}`],
    ['x-www-form-urlencoded', `a={x}&password=${SECRET}`],
    [`"${FORM}"`, `a={x}&password=${SECRET}`],
    ['text/plain', `a={x}&password=${SECRET}`],
    ['text/plain', `a=some text&password=${SECRET}`],
    ['text/plain', `password=${SECRET}`],
    ['text/plain', `a=some text\r\npassword=${SECRET} and more ${SECRET}\r\n`],
    ['text/plain', `password=some ${SECRET}`],
    ['text/plain', `\x1e{"password":"${SECRET}"}\n`],
    ['text/plain', `${encodeURIComponent(`a=1&password=${SECRET}`)}`],
  ])('is filtered as %s: %s', (type, body) => {
    expect(JSON.stringify(described(text(body), type, deny))).not.toContain(SECRET);
  });
});

describe('an upload', () => {
  const part = (name: string, value: string, b = 'b') =>
    `--${b}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  it.each([
    'multipart/form-data boundary=b',
    'multipart/form-data, boundary=b',
    'Multipart / Form-Data; boundary="b"',
    'text/plain, multipart/form-data; boundary=b',
  ])('is read whatever faults its type has: %s', (type) => {
    const shown = described(text(`${part('password', SECRET)}--b--`), type, deny);
    expect(JSON.stringify(shown)).not.toContain(SECRET);
  });

  it('with a boundary that is too long for the parser is text, and withheld with a list', () => {
    for (const length of [70, 250, 251, 256, 300, 4000]) {
      const b = 'b'.repeat(length);
      const body = text(`${part('password', SECRET, b)}--${b}--\r\n`);
      const type = `multipart/form-data; boundary=${b}`;
      expect(JSON.stringify(described(body, type, deny))).not.toContain(SECRET);
      expect(['multipart', 'text']).toContain(described(body, type, none).content.kind);
    }
  });
});
