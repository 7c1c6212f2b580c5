import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multipartParams } from '../../src/har/multipart';
import { SecretMask } from '../../src/redaction/mask';
import { compilePolicy } from '../../src/redaction/policy';
import { allow, deny, described, none, PNG, SETTINGS } from '../support/described-body';
import { expectLinear } from '../support/linear-time';
import type { SampleBody } from '../support/sample-exchanges';

const TYPE = 'multipart/form-data; boundary=b';

/** A body of parts, each given as its header fields and its content. */
function body(...parts: [string, string | Buffer][]): Buffer {
  const pieces = parts.flatMap(([head, content]) => [
    Buffer.from(`--b\r\n${head}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from('--b--\r\n')]);
}

function disposition(rest: string, type?: string): string {
  return `Content-Disposition: form-data${rest}${type ? `\r\nContent-Type: ${type}` : ''}`;
}

function params(bytes: Buffer, policy = none, logBinaryBodies = false) {
  return multipartParams(bytes, TYPE, policy, logBinaryBodies)?.params;
}

/** What FormData of undici, as `fetch` of Node.js sends it, puts on the wire. */
async function encoded(form: FormData): Promise<{ bytes: Buffer; type: string }> {
  const request = new Request('http://h/', { method: 'POST', body: form });
  const bytes = Buffer.from(await request.arrayBuffer());
  return { bytes, type: request.headers.get('content-type') ?? '' };
}

describe('multipart/form-data', () => {
  it('has fields and files, in order and with duplicates', () => {
    const bytes = body(
      [disposition('; name="a"'), '1'],
      [disposition('; name="a"'), 'é'],
      [disposition('; name="notes"; filename="n.txt"', 'text/plain'), 'hello'],
      [disposition('; name="empty"'), ''],
    );
    expect(params(bytes)).toEqual([
      { name: 'a', value: '1' },
      { name: 'a', value: 'é' },
      {
        name: 'notes',
        value: 'data:text/plain;name=n.txt;base64,aGVsbG8=',
        fileName: 'n.txt',
        contentType: 'text/plain',
      },
      { name: 'empty', value: '' },
    ]);
  });

  it('leaves the content of binary files out, unless the option says otherwise', () => {
    const bytes = body([disposition('; name="f"; filename="owl.png"', 'image/png'), PNG]);
    const start = 'data:image/png;name=owl.png;base64,';
    const file = { name: 'f', fileName: 'owl.png', contentType: 'image/png' };
    expect(params(bytes)).toEqual([
      {
        ...file,
        value: start,
        comment: `left out: ${PNG.length} bytes, binary, and logBinaryBodies is false`,
      },
    ]);
    expect(params(bytes, none, true)).toEqual([{ ...file, value: start + PNG.toString('base64') }]);
  });

  it.each([
    ['raw UTF-8', '; name="né"', 'né'],
    ['percent-encoded by a browser', '; name="a%22b%0D%0Ac"', 'a"b\r\nc'],
    ['with backslashes', '; name="a\\"b\\\\c\\d"', 'a"b\\c\\d'],
    ['without quotes', '; name=plain', 'plain'],
    ['as RFC 5987', "; name*=UTF-8''n%C3%A9", 'né'],
    ['after the file name', '; filename="x"; name="a"', 'a'],
    ['folded', ';\r\n name="a"', 'a'],
    ['that is a percentage', '; name="100%"', '100%'],
  ])('reads a name %s', (_, rest, name) => {
    expect(params(body([disposition(rest), '1']))?.[0]?.name).toBe(name);
  });

  it.each([
    ['; name="f"; filename="né.txt"', 'né.txt'],
    [`; name="f"; filename="n.txt"; filename*=UTF-8''n%C3%A9.txt`, 'né.txt'],
    [`; name="f"; filename*=iso-8859-1''n%E9.txt`, 'né.txt'],
    ['; name="f"; filename="C:\\dir\\a.txt"', 'C:\\dir\\a.txt'],
    ['; name="f"; filename=""', ''],
  ])('reads the file name of %j', (rest, fileName) => {
    expect(params(body([disposition(rest, 'text/plain'), 'x']))?.[0]?.fileName).toBe(fileName);
  });

  it('reads a field in its charset, and sends as data what is no text', () => {
    const latin1 = Buffer.from('Café', 'latin1');
    const bytes = body(
      [disposition('; name="a"', 'text/plain; charset=iso-8859-1'), latin1],
      [disposition('; name="b"'), latin1],
    );
    expect(params(bytes)?.map(({ value }) => value)).toEqual([
      'Café',
      `data:application/octet-stream;base64,${latin1.toString('base64')}`,
    ]);
  });

  it('keeps the whole leading parts of a body that was cut, wherever that was', () => {
    const bytes = body([disposition('; name="a"'), '1'], [disposition('; name="b"'), '2']);
    const end = bytes.lastIndexOf('--b--') + 5;
    let most = 0;
    for (let length = 0; length <= bytes.length; length++) {
      const form = multipartParams(bytes.subarray(0, length), TYPE, none, false);
      const count = form?.params.length ?? 0;
      expect(count).toBeGreaterThanOrEqual(most);
      most = count;
      expect(form?.complete ?? false).toBe(length >= end);
      for (const [at, { value }] of (form?.params ?? []).entries()) expect(value).toBe(`${at + 1}`);
    }
    expect(most).toBe(2);
  });

  it('understands nothing without a boundary, or without a whole part', () => {
    const bytes = body([disposition('; name="a"'), '1']);
    for (const type of [
      '',
      'multipart/form-data',
      'multipart/form-data; boundary=',
      'multipart/form-data; boundary=c',
      'multipart/mixed; boundary=b',
      'text/plain; boundary=b',
    ]) {
      expect(multipartParams(bytes, type, none, false), type).toBeUndefined();
    }
    expect(params(Buffer.from('--b\r\n'))).toBeUndefined();
    expect(params(Buffer.alloc(0))).toBeUndefined();
  });

  it('reads 1,000 parts and no more', () => {
    const many = (count: number) =>
      body(
        ...Array.from({ length: count }, (): [string, string] => [disposition('; name="a"'), '1']),
      );
    expect(multipartParams(many(1000), TYPE, none, false)?.complete).toBe(true);
    const form = multipartParams(many(1001), TYPE, none, false);
    expect([form?.params.length, form?.complete]).toEqual([1000, false]);
  });
});

describe('lists', () => {
  const bytes = body(
    [disposition('; name="name"'), 'Owl'],
    [disposition('; name="password"'), 'secret'],
    [disposition('; name="password"; filename="secret.txt"', 'text/plain'), 'secret'],
  );

  it('redact denied fields and files', () => {
    expect(params(bytes, deny)).toEqual([
      { name: 'name', value: 'Owl' },
      { name: 'password', value: '[REDACTED 6]' },
      { name: 'password', value: '[REDACTED]', contentType: 'text/plain' },
    ]);
  });

  it('leave out what is not allowed', () => {
    expect(params(bytes, allow)).toEqual([{ name: 'name', value: 'Owl' }]);
  });

  it.each([
    '; name="PassWord"',
    '; name=password',
    '; name="pass%77ord"',
    "; name*=utf-8''passw%6Frd",
    `; name="x"; name*=utf-8''password`,
    '; name="x"; name="password"',
    '; name="x"; name=password',
    '; name="a\\"; name="password"',
    '; filename="a\\"; name="password"',
    ';name="password',
    '; name=pass word',
    '; name*0=pass; name*1=word',
    '',
    '; filename="x"',
  ])('hide a field that somebody may read as denied: %s', (rest) => {
    const sent = JSON.stringify(params(body([disposition(rest), 'secret']), deny));
    expect(sent).not.toContain('secret');
    expect(sent).not.toContain(Buffer.from('secret').toString('base64'));
  });

  it('hide a field with two Content-Dispositions, with none, or with 16 KiB of header', () => {
    for (const head of [
      `${disposition('; name="x"')}\r\n${disposition('; name="password"')}`,
      'Content-Type: text/plain',
      'Content-Disposition: attachment; name="x"',
      `${disposition('; name="x"')}\r\nX: ${'x'.repeat(17_000)}`,
    ]) {
      expect(JSON.stringify(params(body([head, 'secret']), deny))).not.toContain('secret');
      expect(params(body([head, 'secret']), allow)).toEqual([]);
    }
  });

  it('filter JSON within a part', () => {
    const json = '{"password":"secret","n":1.0}';
    const filtered = '{"password":"[REDACTED 6]","n":1.0}';
    const parts = body(
      [disposition('; name="x"', 'application/json'), json],
      [disposition('; name="y"'), json],
      [disposition('; name="z"; filename="z.json"', 'application/json'), json],
      [disposition('; name="broken"', 'application/json'), '{"password":"secret'],
    );
    const [x, y, z, broken] = params(parts, deny) ?? [];
    expect([x?.value, y?.value, broken?.value]).toEqual([filtered, filtered, '[REDACTED 19]']);
    expect(Buffer.from(z?.value.split(',')[1] ?? '', 'base64').toString()).toBe(filtered);
    expect(params(parts, compilePolicy({ allowlist: ['x'] }))?.[0]?.value).toBe(json);
  });
});

describe('any form', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 30 });
  // A backslash at the end, which browsers leave alone, makes the quote after it one of the name.
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((value) => !value.endsWith('\\'));
  const field = fc.tuple(name, text);
  const file = fc.record({ name, fileName: name, bytes: fc.uint8Array({ maxLength: 300 }) });

  it('comes back as fetch sent it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(field, { minLength: 1 }), fc.array(file), async (fields, files) => {
        const form = new FormData();
        for (const [key, value] of fields) form.append(key, value);
        for (const { name: key, fileName, bytes } of files) {
          form.append(key, new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'x/y' }), fileName);
        }
        const { bytes, type } = await encoded(form);
        const read = multipartParams(bytes, type, none, true);
        expect(read?.complete).toBe(true);
        const crlf = (value: string) => value.replace(/\r\n?|\n/g, '\r\n');
        expect(read?.params).toEqual([
          ...fields.map(([key, value]) => ({ name: shown(crlf(key)), value: crlf(value) })),
          ...files.map(({ name: key, fileName, bytes: content }) => ({
            name: shown(crlf(key)),
            value: `data:x/y;name=${encodeURIComponent(shown(fileName))};base64,${Buffer.from(content).toString('base64')}`,
            fileName: shown(fileName),
            contentType: 'x/y',
          })),
        ]);
      }),
      { numRuns: 200 },
    );
  });

  /** A browser leaves backslashes and percent signs alone, so these cannot be told from escapes. */
  function shown(value: string): string {
    return value.replace(/\\([\\])/g, '$1').replace(/%(22|0a|0d)/gi, decodeURIComponent);
  }

  it('is never half understood: no bytes make it throw', () => {
    const pieces = fc.constantFrom(
      '--b',
      '--b--',
      '\r\n',
      '\r\n\r\n',
      '--',
      '-',
      '\n',
      'Content-Disposition: form-data; name="a"',
      'Content-Disposition: form-data; filename*=utf-8',
      ': ',
      'x',
      '\0',
      '"',
      '\\',
      ' ',
      'é',
      '%',
      "''",
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 40 }),
        fc.constantFrom(none, deny, allow),
        (all, policy) => {
          expect(() =>
            multipartParams(Buffer.from(all.join('')), TYPE, policy, false),
          ).not.toThrow();
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('takes time in proportion to its length', () => {
    for (const unit of [
      '\r\n--b',
      '\r\n--b\r\n',
      '\r\n-',
      '\r',
      '--b',
      '\r\n--b\r\n\r\n',
      '\r\n--b\r\na: b\r\n\r\n',
    ]) {
      expectLinear(1_000_000, (length) => {
        const long = Buffer.from(`--b\r\n${unit.repeat(length / unit.length)}`);
        multipartParams(long, TYPE, deny, false);
      });
    }
    for (const unit of [
      ';',
      '; name="',
      '; name=a',
      '; name="a"',
      '\\',
      '"',
      '; name*=',
      ' ',
      '%41',
    ]) {
      expectLinear(15_000, (length) => {
        const head = disposition(`; name="a"${unit.repeat(length / unit.length)}`);
        multipartParams(
          body(...Array.from({ length: 60 }, (): [string, string] => [head, '1'])),
          TYPE,
          deny,
          false,
        );
      });
    }
  });
});

describe('names of files, and parts in charsets of their own', () => {
  const KEY = 'schlüssel-der-eule';
  const SECRET = 's3cr3t';
  const secrets = new SecretMask(KEY);
  const token = compilePolicy({ denylist: ['token'] });
  const percent = (bytes: Buffer) => bytes.toString('hex').replace(/../g, '%$&');
  const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
  const shown = (bytes: Buffer, policy = none) =>
    JSON.stringify(multipartParams(bytes, TYPE, policy, true, secrets)?.params, (_name, value) =>
      typeof value === 'string' && value.startsWith('data:')
        ? [
            value.replace('data:', 'DATA:'),
            ...['utf8', 'utf16le', 'latin1'].map((as) =>
              Buffer.from(value.replace(/^.*,/, ''), 'base64').toString(as as BufferEncoding),
            ),
          ]
        : value,
    ).replaceAll('\\u0000', '');

  it.each([
    ['filename, in UTF-8', Buffer.from(`filename="${KEY}.txt"`)],
    ['filename, in latin1', Buffer.from(`filename="${KEY}.txt"`, 'latin1')],
    ['filename, percent-encoded', Buffer.from(`filename="${encodeURIComponent(KEY)}.txt"`)],
    ['filename*, in UTF-8', Buffer.from(`filename*=UTF-8''${percent(Buffer.from(KEY))}`)],
    [
      'filename*, in latin1',
      Buffer.from(`filename*=iso-8859-1''${percent(Buffer.from(KEY, 'latin1'))}`),
    ],
    [
      'filename*, in UTF-16LE',
      Buffer.from(`filename*=utf-16le''${percent(Buffer.from(KEY, 'utf16le'))}`),
    ],
    ['filename*, in UTF-16BE', Buffer.from(`filename*=utf-16be''${percent(utf16be(KEY))}`)],
    [
      'filename*, in latin1 that says UTF-8',
      Buffer.from(`filename*=UTF-8''${percent(Buffer.from(KEY, 'latin1'))}`),
    ],
    [
      'filename*, in UTF-8 that says latin1',
      Buffer.from(`filename*=iso-8859-1''${percent(Buffer.from(KEY))}`),
    ],
    [
      'filename*, in UTF-16 that says UTF-8',
      Buffer.from(`filename*=UTF-8''${percent(Buffer.from(KEY, 'utf16le'))}`),
    ],
    [
      'filename*, in a charset that nobody knows',
      Buffer.from(`filename*=x-own''${percent(Buffer.from(KEY))}`),
    ],
  ])('hide the key of the caller: %s', (_how, parameter) => {
    const head = Buffer.concat([
      Buffer.from('Content-Disposition: form-data; name="f"; '),
      parameter,
    ]);
    const bytes = Buffer.concat([
      Buffer.from('--b\r\n'),
      head,
      Buffer.from('\r\n\r\nx\r\n--b--\r\n'),
    ]);
    const text = decodeURIComponent(shown(bytes).replace(/%(?![0-9A-Fa-f]{2})/g, '%25'));
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(Buffer.from(KEY).toString('latin1'));
    expect(text).toContain('sha512-');
  });

  it.each([
    ['in UTF-8', '', Buffer.from(KEY)],
    ['in latin1', '; charset=latin1', Buffer.from(KEY, 'latin1')],
    ['in latin1 that nobody declares', '', Buffer.from(KEY, 'latin1')],
    ['in UTF-16LE', '; charset=utf-16le', Buffer.from(KEY, 'utf16le')],
    ['in UTF-16BE that nobody declares', '', utf16be(KEY)],
  ])('hide the key in a file and in a field %s', (_how, charset, content) => {
    for (const file of ['', '; filename="a.txt"']) {
      const bytes = body([
        disposition(`; name="f"${file}`, `text/plain${charset}`),
        Buffer.concat([content, content]),
      ]);
      expect(shown(bytes)).not.toContain(KEY);
      expect(shown(bytes)).toMatch(/sha512/);
    }
  });

  it.each([
    `filename="https://h/x?token=${SECRET}"`,
    `filename="a.txt?a=1&token=${SECRET}"`,
    `filename*=UTF-8''${encodeURIComponent(`https://h/x?token=${SECRET}`)}`,
    `filename="${encodeURIComponent(`https://h/x?token=${SECRET}`)}"`,
  ])('are filtered as text that holds URLs: %s', (parameter) => {
    expect(shown(body([disposition(`; name="f"; ${parameter}`), 'x']), token)).not.toContain(
      SECRET,
    );
  });

  it.each([
    ['text/plain', `see https://h/x?token=${SECRET}`],
    ['text/plain', `a=1&token=${SECRET}`],
    ['application/x-www-form-urlencoded', `a={}&token=${SECRET}`],
    ['application/json', JSON.stringify(JSON.stringify({ token: SECRET }))],
    ['application/json', JSON.stringify({ a: `/x?token=${SECRET}` })],
  ])('are filtered as fields: %s', (type, content) => {
    for (const file of ['', '; filename="a.txt"']) {
      expect(shown(body([disposition(`; name="f"${file}`, type), content]), token)).not.toContain(
        SECRET,
      );
    }
  });
});

it('a denied name is found in the charset that the media type of the whole upload names', () => {
  const bytes = Buffer.from(
    '--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\ns3cr3t\r\n--b--\r\n',
    'latin1',
  );
  const type = 'multipart/form-data; boundary=b; charset=windows-1251';
  const policy = compilePolicy({ denylist: ['я'] });
  expect(JSON.stringify(multipartParams(bytes, type, policy, false))).not.toContain('s3cr3t');
});

describe('an upload of which no part is whole', () => {
  const cut = Buffer.concat([
    Buffer.from('--b\r\nContent-Disposition: form-data; name="f"; filename="owl.png"\r\n\r\n'),
    PNG,
  ]);
  const sample: SampleBody = { size: 5000, bytes: cut, loss: 'truncated' };

  it('is left out when its first file is binary, unless binary bodies are logged', () => {
    expect(described(sample, TYPE)).toEqual({
      size: 5000,
      content: { kind: 'left-out' },
      comment: 'left out: no part of it is whole, and logBinaryBodies is false',
    });
    const settings = { ...SETTINGS, logBinaryBodies: true };
    expect(described(sample, TYPE, none, {}, settings).content.kind).toBe('base64');
  });

  it('is shown as far as it is text', () => {
    const text = '--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nhello';
    expect(described({ size: 5000, text, loss: 'truncated' }, TYPE).content).toEqual({
      kind: 'text',
      text,
    });
  });
});
