import { describe, expect, it } from 'vitest';
import type { RecordBody } from '../../src/record/read-record';
import { SecretMask } from '../../src/redaction/mask';
import { compilePolicy } from '../../src/redaction/policy';
import { SETTINGS, shownBody } from '../support/described-body';

const KEY = 'owlkey-12345678';
const credentials = compilePolicy({ denylist: ['@credentials'] });

function body(bytes: Buffer, loss?: RecordBody['loss']): RecordBody {
  return { size: bytes.length, bytes, loss, isText: false };
}

function shown(text: string, type: string, policy = credentials, key = KEY) {
  const headers = [{ name: 'content-type', value: type }];
  return shownBody(body(Buffer.from(text)), headers, policy, SETTINGS, new SecretMask(key));
}

describe('a body in which the key of the caller stands', () => {
  const json = JSON.stringify({ token: 'a', k: KEY });
  const types = [
    'application/json',
    'application/json; charset=utf-8',
    'application/json; charset=UTF8',
    'application/json; charset="utf-8"',
    'application/json; charset=us-ascii',
    'application/json; charset=iso-8859-1',
    'application/vnd.owl+json; charset=utf-8',
    'text/plain; charset=utf-8',
  ];

  it.each(types)('is filtered and has the mask in place of the key as %s', (type) => {
    const { content, comment, size } = shown(json, type);
    expect(comment).toBeUndefined();
    expect(content).toEqual({
      kind: 'text',
      text: expect.stringMatching(/^\{"token":"\[REDACTED 1\]","k":"sha512-[^"]+\?5678"\}$/),
    });
    expect(size).toBe(json.length);
  });

  it('is filtered as well when JSON spells the key with an escape', () => {
    const escaped = json.replace('owlkey', '\\u006fwlkey');
    for (const type of types.slice(0, 6)) {
      const { content, comment } = shown(escaped, type);
      expect(comment).toBeUndefined();
      expect('text' in content && content.text).toMatch(/^\{"token":"\[REDACTED 1\]","k":"sha512-/);
    }
  });

  it('is still withheld when another charset makes another name of its bytes', () => {
    const secret = JSON.stringify({ é: 'secret', k: KEY.replace('owl', 'öwl') });
    const policy = compilePolicy({ denylist: ['é'] });
    const type = 'application/json; charset=utf-8';
    expect(shown(secret, type, policy, 'öwlkey-12345678').comment).toBeUndefined();
    const latin1 = 'application/json; charset=iso-8859-1';
    expect(shown(secret, latin1, policy, 'öwlkey-12345678').comment).toContain('withheld');
  });

  it.each(['application/json; charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded'])(
    'has the size that was sent, not that of the mask, as %s',
    (type) => {
      const none = compilePolicy({});
      expect(shown(`k=${KEY}`, type, none).size).toBe(2 + KEY.length);
    },
  );

  it('has the size that was sent in place of what is withheld', () => {
    const broken = `{"token":"a${KEY}`;
    const { content } = shown(broken, 'application/json; charset=utf-8');
    expect(content).toEqual({
      kind: 'text',
      text: `[REDACTED ${broken.length} bytes: could not be filtered]`,
    });
  });
});
