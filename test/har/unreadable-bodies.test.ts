import { describe, expect, it } from 'vitest';
import { writeBody } from '../../src/har/write-body';
import { GrowingBytes } from '../../src/record/growing-bytes';
import { compilePolicy } from '../../src/redaction/policy';
import { bytes, described, none } from '../support/described-body';

const token = compilePolicy({ denylist: ['token'] });
const SECRET = 's3cr3t';

describe('a body that cannot be read', () => {
  it('does not keep its log from being sent: a mark stands in its place', () => {
    const out = new GrowingBytes();
    const body = { size: 5, bytes: Buffer.from('hello'), loss: undefined, isText: false };
    const settings = {
      logBinaryBodies: false,
      get maxBodyBytes(): number {
        throw new Error('what a parser may throw');
      },
    };
    out.ascii('{"a":0');
    expect(writeBody(out, 'response', body, [], none, settings, undefined)).toBe(true);
    out.ascii('}');
    expect(JSON.parse(out.written.toString())).toEqual({
      a: 0,
      text: '[REDACTED 5 bytes: could not be filtered]',
      size: 5,
      comment: 'withheld: it could not be read',
    });
  });

  it.each([
    ['latin1', Buffer.from(`<a href="/é?token=${SECRET}">`, 'latin1')],
    ['UTF-16LE', Buffer.from(`<a href="/é?token=${SECRET}">`, 'utf16le')],
    ['UTF-16BE', Buffer.from(`<a href="/x?token=${SECRET}">`, 'utf16le').swap16()],
  ])('is withheld when its text in %s has a denied name in a URL', (_charset, page) => {
    for (const type of ['text/html', undefined]) {
      expect(described(bytes(page), type, token).content).toEqual({
        kind: 'text',
        text: `[REDACTED ${page.length} bytes: could not be filtered]`,
      });
    }
    const { content } = described(bytes(page), 'text/html', compilePolicy({ denylist: ['x'] }));
    expect(
      'text' in content && Buffer.from(content.text, 'base64').toString('latin1'),
    ).toBeTruthy();
  });
});
