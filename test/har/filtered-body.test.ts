import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../src/redaction/policy';
import { allow, bytes, deny, described, FORM, LIMIT, PNG, text } from '../support/described-body';
import { expectLinear } from '../support/linear-time';
import type { SampleBody } from '../support/sample-exchanges';

const lists = [
  ['a denylist', deny],
  ['an allowlist', allow],
] as const;

function withheld(size: number) {
  return { kind: 'text', text: `[REDACTED ${size} bytes: could not be filtered]` };
}

describe('describeBody with lists', () => {
  it.each([
    'application/json; charset=utf-8',
    'application/problem+json',
    'text/json',
    'text/x-json',
    'application/vnd.api.json',
    'text/plain',
    FORM,
    'multipart/form-data',
    'image/png',
    'broken',
    undefined,
  ])('filters JSON that comes as %s', (type) => {
    const json = ' {"name": "Owl", "password": "secret", "n": 1.50}';
    expect(described(text(json), type, deny).content).toEqual({
      kind: 'text',
      text: ' {"name": "Owl", "password": "[REDACTED 6]", "n": 1.50}',
    });
    const allowed = described(text(json), type, allow).content;
    expect(allowed.kind === 'text' && JSON.parse(allowed.text)).toEqual({ name: 'Owl' });
  });

  it('keeps the bytes of JSON that passes', () => {
    const json = '{ "id": 12345678901234567890,\n "id" : 1.50 }';
    expect(described(text(json), 'application/json', deny).content).toEqual({
      kind: 'text',
      text: json,
    });
  });

  it('filters JSON in the charset that it came in', () => {
    const json = '{"name":"é","password":"secret"}';
    const expected = { kind: 'text', text: '{"name":"é","password":"[REDACTED 6]"}' };
    const utf16 = Buffer.from(json, 'utf16le');
    const type = 'application/json; charset=utf-16';
    expect(described(bytes(utf16), type, deny).content).toEqual(expected);
    const marked = bytes(Buffer.concat([Buffer.from('fffe', 'hex'), utf16]));
    expect(described(marked, 'text/plain', deny).content).toEqual(expected);
    const latin1 = bytes(Buffer.from(json, 'latin1'));
    expect(described(latin1, 'text/plain; charset=latin1', deny).content).toEqual(expected);
  });

  it('withholds JSON whose names are others to a client that reads it as UTF-8', () => {
    const policy = compilePolicy({ denylist: ['пароль'] });
    const json = text('{"пароль":"secret"}');
    const size = json.size;
    expect(described(json, 'application/json; charset=latin1', policy).content).toEqual(
      withheld(size),
    );
    expect(described(json, 'application/json', policy).content).not.toEqual(withheld(size));
  });

  it('filters form fields', () => {
    expect(described(text('name=Owl&password=secret'), FORM, deny).content).toEqual({
      kind: 'form',
      params: [
        { name: 'name', value: 'Owl' },
        { name: 'password', value: '[REDACTED 6]' },
      ],
      text: 'name=Owl&password=%5BREDACTED%206%5D',
    });
    expect(described(text('name=Owl&password=secret'), FORM, allow).content).toEqual({
      kind: 'form',
      params: [{ name: 'name', value: 'Owl' }],
      text: 'name=Owl',
    });
  });

  it.each(lists)('withholds under %s what cannot be filtered', (_, policy) => {
    const multipart = '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nsecret';
    const cases: [SampleBody, string | undefined, Record<string, string>?][] = [
      [text('{"password":"secret'), 'application/json'],
      [text('{"password":"secret'), 'text/plain'],
      [text('password=secret'), 'application/json'],
      [text('[info] password secret'), undefined],
      [text('\0{\0"\0p'), 'text/plain'],
      [bytes(Buffer.from('{"password":"sécret"}', 'latin1')), 'text/plain'],
      [bytes(Buffer.from('{"password":"sécret"}', 'latin1')), 'application/json'],
      [text('{"password":"se"}'), 'text/plain; charset=utf-16'],
      [text('{"password":"secret"}'), 'application/json; charset=utf-7'],
      [text('{"password":"secret'), FORM],
      [bytes(Buffer.from('p%E1ss=\xff', 'latin1')), FORM],
      [text('p%E1ss=secret'), `${FORM}; charset=iso-8859-1`],
      [text('é=secret'), `${FORM}; charset=iso-8859-1`],
      [text('p\0a\0s\0s\0=\0s\0'), FORM],
      [text(multipart), 'multipart/form-data; boundary=b'],
      [text('no parts'), 'multipart/mixed'],
      [text(multipart), 'text/plain'],
      [bytes(Buffer.concat([Buffer.from(multipart), PNG])), 'application/octet-stream'],
      [text('{"\0p\0'), 'application/x-ndjson'],
      [bytes(Buffer.from('data: p\xe1ss', 'latin1')), 'text/event-stream'],
      [bytes(Buffer.from('{"password":"secret"}')), 'text/plain', { 'content-encoding': 'zstd' }],
      [bytes(Buffer.from('not gzip')), 'text/plain', { 'content-encoding': 'gzip' }],
    ];
    for (const [body, type, headers] of cases) {
      expect(described(body, type, policy, headers), `${type}: ${body.text}`).toEqual({
        size: body.size,
        content: withheld(body.size),
        comment: expect.stringMatching(/^(truncated: .*; )?withheld: ./),
      });
    }
  });

  it('says why a body is withheld', () => {
    const comment = (body: SampleBody, type: string, headers = {}) =>
      described(body, type, deny, headers).comment;
    expect(comment(text('{"password":'), 'application/json')).toBe(
      'withheld: not valid JSON, with a denylist nothing of it can be sent',
    );
    expect(comment({ size: 99, text: '{"password":"', loss: 'truncated' }, 'text/json')).toBe(
      'truncated: 13 of 99 bytes kept; ' +
        'withheld: no member of the JSON was kept whole, with a denylist nothing of it can be sent',
    );
    expect(comment(bytes(PNG), 'text/plain', { 'content-encoding': 'zip' })).toMatch(/^withheld: /);
  });

  it('sends the leading members of JSON that is cut or goes wrong', () => {
    const json = '{"name":"Owl","password":"secret","tags":["x","y';
    const cut: SampleBody = { size: 1000, text: json, loss: 'truncated' };
    const sent = '{"name":"Owl","password":"[REDACTED 6]","tags":["x"]}';
    expect(described(cut, 'application/json', deny)).toEqual({
      size: 1000,
      content: { kind: 'text', text: sent },
      comment:
        `truncated: ${json.length} of 1000 bytes kept; ` +
        'filtered: only the leading members that are whole are sent',
    });
    expect(described(text(json), undefined, deny)).toEqual({
      size: json.length,
      content: { kind: 'text', text: sent },
      comment:
        'filtered: not valid JSON, with a denylist only the leading members that are whole are sent',
    });
    expect(described(cut, 'application/json', allow).content).toEqual({
      kind: 'text',
      text: '{"name":"Owl"}',
    });
  });

  it('sends the leading fields of a form that is cut', () => {
    const cut = (kept: string): SampleBody => ({ size: 99, text: kept, loss: 'truncated' });
    expect(described(cut('name=Owl&password=secret&x=1'), FORM, deny)).toMatchObject({
      content: { kind: 'form', text: 'name=Owl&password=%5BREDACTED%206%5D' },
      comment: expect.stringContaining('only the leading fields that are whole are sent'),
    });
    expect(described(cut('name=Owl&password=sec'), FORM, deny).content).toMatchObject({
      text: 'name=Owl',
    });
    expect(described(cut('password=sec'), FORM, deny).content).toEqual(withheld(99));
  });

  it('finds the variables of GraphQL', () => {
    const json = '{"query":"mutation($p:String){login(p:$p)}","variables":{"password":"secret"}}';
    for (const entry of ['variables.password', '**.password']) {
      const policy = compilePolicy({ denylist: [entry] });
      expect(described(text(json), 'application/json', policy).content).toEqual({
        kind: 'text',
        text: json.replace('"secret"', '"[REDACTED 6]"'),
      });
    }
  });

  it('leaves JSON inside of form fields alone', () => {
    const form = 'payload=%7B%22password%22%3A%22x%22%7D';
    expect(described(text(form), FORM, deny).content).toMatchObject({ text: form });
  });

  it('filters newline-delimited JSON and events one by one', () => {
    expect(
      described(text('{"password":"x"}\n{"name":"y"}\n'), 'application/x-ndjson', deny),
    ).toEqual({
      size: 30,
      content: { kind: 'text', text: '{"password":"[REDACTED 1]"}\n{"name":"y"}\n' },
    });
    expect(
      described(text('data: {"password":"x"}\n\n'), 'text/event-stream', deny).content,
    ).toEqual({
      kind: 'text',
      text: 'data: {"password":"[REDACTED 1]"}\n\n',
    });
    expect(described(text('{"x":1}x\npassword\n'), 'application/jsonl', deny).comment).toBe(
      'withheld: 2 of the lines, not valid JSON',
    );
    const cut: SampleBody = { size: 99, text: '{"name":"a"}\n{"name":"b"', loss: 'truncated' };
    expect(described(cut, 'application/x-ndjson', allow)).toEqual({
      size: 99,
      content: { kind: 'text', text: '{"name":"a"}\n' },
      comment: 'truncated: 24 of 99 bytes kept; left out: the last line, which may be cut',
    });
    expect(described(text('data: [DONE]\n\n'), 'text/event-stream', allow).content.kind).toBe(
      'text',
    );
    expect(described(text(': ping\n\n'), 'text/event-stream', allow).content.kind).toBe('left-out');
  });

  it.each(lists)('withholds under %s a truncated body that has names', (_, policy) => {
    for (const [kept, type] of [
      ['{"password":"sec', 'application/json'],
      ['{}x', 'application/json'],
      ['', 'application/json'],
      ['{"password":"sec', 'text/plain'],
      ['password=sec', FORM],
      ['--b', 'multipart/form-data; boundary=b'],
    ]) {
      const body: SampleBody = { size: 1000, text: kept as string };
      expect(described({ ...body, loss: 'truncated' }, type, policy).content).toEqual(
        withheld(1000),
      );
    }
  });

  it('filters the beginning of a gzip bomb', () => {
    const headers = { 'content-encoding': 'gzip' };
    const bombOf = (start: string) =>
      bytes(gzipSync(Buffer.concat([Buffer.from(start), Buffer.alloc(LIMIT, 'a')])));
    const comment = `truncated: unpacks to more than the ${LIMIT} bytes kept`;
    expect(described(bombOf(''), 'text/plain', deny, headers).comment).toBeUndefined();
    const plain = described(bombOf('b'), 'text/plain', deny, headers);
    expect(plain).toEqual({
      size: LIMIT,
      content: { kind: 'text', text: `b${'a'.repeat(LIMIT - 1)}` },
      comment,
    });
    const json = described(bombOf('{"password":"secret","x":"'), 'text/plain', deny, headers);
    expect(json.comment).toContain(comment);
    expect(JSON.stringify(json)).not.toContain('secret');
  });

  it('lets plain text and binary pass a denylist', () => {
    for (const plain of ['hello', 'password secret', '<a b="c">', 'data:', '--', 'a = b', '']) {
      expect(described(text(plain), 'text/html', deny).content).toEqual({
        kind: 'text',
        text: plain,
      });
    }
    expect(described(bytes(PNG), 'x/y', deny).content.kind).toBe('base64');
    expect(described(text('"password"'), 'application/json', deny).content).toEqual({
      kind: 'text',
      text: '"password"',
    });
    expect(described({ size: 9, text: 'hel', loss: 'truncated' }, undefined, deny)).toEqual({
      size: 9,
      content: { kind: 'text', text: 'hel' },
      comment: 'truncated: 3 of 9 bytes kept',
    });
  });

  it('filters text that looks like a form under a denylist', () => {
    expect(described(text('a=1&password=secret\n'), 'text/plain', deny).content).toEqual({
      kind: 'text',
      text: 'a=1&password=%5BREDACTED%207%5D',
    });
    const harmless = 'a=%31&b==&c';
    expect(described(text(harmless), 'text/plain', deny).content).toEqual({
      kind: 'text',
      text: harmless,
    });
    const cut: SampleBody = { size: 90, text: 'password=secret', loss: 'truncated' };
    expect(described(cut, 'text/plain', deny).content).toEqual(withheld(90));
  });

  it('leaves out under an allowlist what has no names', () => {
    for (const [body, type] of [
      [text('hello'), 'text/plain'],
      [text('name=Owl'), 'text/plain'],
      [text('12'), 'application/json'],
      [text('"name"'), 'application/json'],
      [bytes(PNG), 'image/png'],
      [{ size: 9, text: 'hel', loss: 'truncated' }, 'text/plain'],
    ] as const) {
      expect(described(body, type, allow)).toEqual({
        size: body.size,
        content: { kind: 'left-out' },
        comment: 'left out: not on the allowlist',
      });
    }
  });
});

describe('describeBody on long bodies', () => {
  it('decides in linear time', () => {
    for (const unit of ['&', 'a', '=', ' ', '\0', 'a=;', '--\ncontent-disposition: ', '%E1&']) {
      expectLinear(LIMIT / 4, (length) => {
        const long = unit.repeat(length / unit.length);
        for (const body of [long, `a=${long}`, `--${long}`, `{${long}`]) {
          for (const type of ['text/plain', FORM, `${FORM};charset=latin1`]) {
            expect(() => described(text(body), type, deny)).not.toThrow();
          }
        }
      });
    }
  });
});
