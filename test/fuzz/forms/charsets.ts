import fc from 'fast-check';
import { mark } from '../leaks';
import { encodeIn } from './encode-in';
import type { Field, FormCase } from './form-case';

const CHARSETS = [
  ...(['utf8', 'latin1', 'utf16le', 'utf16be'] as const),
  ...(['windows-1251', 'koi8-r', 'shift_jis', 'euc-kr', 'gbk'] as const),
];
const WRITE: Record<Charset, (text: string) => Buffer> = {
  utf8: (text: string) => Buffer.from(text),
  latin1: (text: string) => Buffer.from(text, 'latin1'),
  utf16le: (text: string) => Buffer.from(text, 'utf16le'),
  utf16be: (text: string) => Buffer.from(text, 'utf16le').swap16(),
  'windows-1251': (text: string) => encodeIn('windows-1251', text),
  'koi8-r': (text: string) => encodeIn('koi8-r', text),
  shift_jis: (text: string) => encodeIn('shift_jis', text),
  'euc-kr': (text: string) => encodeIn('euc-kr', text),
  gbk: (text: string) => encodeIn('gbk', text),
};
type Charset = (typeof CHARSETS)[number];
/** What Content-Type says of a charset: the truth, nothing, or what is often said. */
const LABELS: Record<Charset, readonly string[]> = {
  utf8: ['; charset=utf-8', '', '; charset=iso-8859-1', '; charset=us-ascii'],
  latin1: ['; charset=iso-8859-1', '; charset=windows-1252', '', '; charset=utf-8'],
  utf16le: ['; charset=utf-16le', '; charset=utf-16', '', '; charset=utf-8', '; charset=latin1'],
  utf16be: ['; charset=utf-16be', '; charset=utf-16', '', '; charset=utf-8', '; charset=latin1'],
  'windows-1251': ['; charset=windows-1251', '; charset=CP1251'],
  'koi8-r': ['; charset="koi8-r"'],
  shift_jis: ['; charset=Shift_JIS', '; charset=ms_kanji'],
  'euc-kr': ['; charset=euc-kr'],
  gbk: ['; charset=gbk', '; charset=gb18030', '; charset=GB2312'],
};
/** Letters that every charset of a group has. */
const LETTERS: Partial<Record<Charset, readonly string[]>> = {
  // With an ASCII one too: read a byte a character, it is text with NULs in it.
  utf16le: ['a', 'ü', 'Å', '€'],
  utf16be: ['a', 'ü', 'Å', '€'],
  'windows-1251': ['я', 'Ж', 'ё'],
  'koi8-r': ['я', 'Ж', 'ё'],
  shift_jis: ['鍵', 'ソ', '表'],
  'euc-kr': ['열', '쇠'],
  gbk: ['钥', '匙', '鍵'],
};
const MARKS: Partial<Record<Charset, Buffer>> = {
  utf8: Buffer.from([0xef, 0xbb, 0xbf]),
  utf16le: Buffer.from([0xff, 0xfe]),
  utf16be: Buffer.from([0xfe, 0xff]),
};

const LATIN = ['ü', 'é', 'ÿ', 'ñß', 'Å'];

const written = fc.constantFrom(...(Object.keys(WRITE) as Charset[])).chain((charset) =>
  fc.record({
    charset: fc.constant(charset),
    label: fc.constantFrom(...LABELS[charset]),
    letters: fc.constantFrom(...(LETTERS[charset] ?? LATIN)),
    byteOrderMark: fc.boolean(),
  }),
);

/** Where a text stands in a body, with `k` for what it is about. */
const BODIES = {
  'application/json': (k: string) => `{"a":1,"k":${JSON.stringify(k)},"z":[]}`,
  'application/problem+json': (k: string) => `[{"k":${JSON.stringify(`x${k}`)}}]`,
  'text/plain': (k: string) => `it is ${k}, isn't it`,
  'text/html': (k: string) => `<p>${k}</p>`,
  'application/x-www-form-urlencoded': (k: string) => `a=1&k=${k}&z=2`,
  'multipart/form-data; boundary=b': (k: string) =>
    `--b\r\nContent-Disposition: form-data; name="k"\r\n\r\n${k}\r\n--b--\r\n`,
};
type BodyType = keyof typeof BODIES;
const bodyType = fc.constantFrom(...(Object.keys(BODIES) as BodyType[]));

/** A caller's key with letters beyond ASCII, in a body of any charset, whole or cut within the key. */
export const keyInCharsets: fc.Arbitrary<FormCase> = fc
  .record({ written, type: bodyType, cut: fc.option(fc.nat({ max: 3 })), onSpan: fc.boolean() })
  .map(({ written: { charset, label, letters, byteOrderMark }, type, cut, onSpan }): FormCase => {
    const needle = mark(70);
    const key = `${letters}-${needle}-${letters}end!`;
    const before = Buffer.concat([
      (byteOrderMark && MARKS[charset]) || Buffer.alloc(0),
      WRITE[charset](BODIES[type](key)),
    ]);
    // Cut within the last letters of the key, behind what is sought.
    const end = before.indexOf(WRITE[charset]('end!'));
    return {
      callerKey: key,
      requestHeaders: [['Content-Type', type + label]],
      responseHeaders: [['Content-Type', type + label]],
      body: before,
      ...(cut !== null && { kept: end + cut }),
      onSpan: onSpan && charset === 'utf8',
      needles: [needle],
    };
  });

/** A caller's key with letters beyond ASCII, as UTF-8 or latin1 in header fields and URLs. */
export const keyInFields: fc.Arbitrary<FormCase> = fc
  .record({
    letters: fc.constantFrom(...LATIN),
    charset: fc.constantFrom('utf8', 'latin1'),
    place: fc.constantFrom(
      ...(['header', 'scheme', 'referer', 'query', 'path', 'segment'] as const),
      ...(['filename*', 'filename', 'quoted', 'twice'] as const),
    ),
    lower: fc.boolean(),
  } as const)
  .map(({ letters, charset, place, lower }): FormCase => {
    const needle = mark(71);
    const key = `${letters}-${needle}-${letters}end!`;
    // Node reads header fields as latin1.
    const asRead = WRITE[charset](key).toString('latin1');
    const percent = [...asRead]
      .map((c) => (/[\w-]/.test(c) ? c : `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`))
      .join('');
    const encoded = lower ? percent : percent.replace(/%../g, (code) => code.toUpperCase());
    const fields: Record<typeof place, Partial<FormCase>> = {
      header: { requestHeaders: [['X-User', asRead]] },
      scheme: { requestHeaders: [['X-User', `Key ${asRead}`]] },
      referer: { requestHeaders: [['Referer', `http://h/p?k=${encoded}`]] },
      query: { url: `http://h/p?a=1&k=${encoded}` },
      path: { url: `http://h/u/x${encoded}` },
      segment: { url: `http://h/u/${encoded}/x` },
      twice: { url: `http://h/p?u=${encodeURIComponent(`/x?k=${encoded}`)}` },
      quoted: { responseHeaders: [['X-User', `user="${asRead}"; a=1`]] },
      filename: { responseHeaders: [['Content-Disposition', `attachment; filename="${asRead}"`]] },
      'filename*': {
        responseHeaders: [
          [
            'Content-Disposition',
            `attachment; filename*=${charset === 'utf8' ? 'UTF-8' : 'ISO-8859-1'}''${encoded}`,
          ],
        ],
      },
    };
    return { callerKey: key, needles: [needle], ...fields[place] };
  });

/** A denied name beyond ASCII in queries, as it is or percent-encoded, as UTF-8 or latin1. */
export const namesInFields: fc.Arbitrary<FormCase> = fc
  .record({
    letters: fc.constantFrom(...LATIN),
    charset: fc.constantFrom('utf8', 'latin1'),
    percent: fc.boolean(),
    place: fc.constantFrom('url', 'Referer', 'Location', 'Link'),
  } as const)
  .map(({ letters, charset, percent, place }): FormCase => {
    const needle = mark(73);
    // Node reads all of a head as latin1.
    const asRead = WRITE[charset](`k${letters}`).toString('latin1');
    const name = percent
      ? asRead.replace(/[^k]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
      : asRead;
    const url = `http://h/p?a=1&${name}=${needle}&z=2`;
    const field: Field = [place, place === 'Link' ? `<${url}>; rel="next"` : url];
    return {
      denylist: [`k${letters}`],
      needles: [needle],
      ...(place === 'url'
        ? { url }
        : place === 'Referer'
          ? { requestHeaders: [field] }
          : { responseHeaders: [field] }),
    };
  });

/** A denied name beyond ASCII, in a body of any charset, whole or cut within the value. */
export const namesInCharsets: fc.Arbitrary<FormCase> = fc
  .record({
    written,
    type: bodyType.filter((type) => /json|form/.test(type)),
    cut: fc.option(fc.integer({ min: 1, max: 9 })),
    spelling: fc.constantFrom('plain', 'upper', 'escaped'),
    onSpan: fc.boolean(),
  } as const)
  .map(
    ({
      written: { charset, label, letters, byteOrderMark },
      type,
      cut,
      spelling,
      onSpan,
    }): FormCase => {
      const needle = mark(72);
      const name = `k${letters}`;
      const shown = spelling === 'upper' && !/[ßÿ]/.test(name) ? name.toUpperCase() : name;
      const inJson =
        spelling === 'escaped'
          ? shown.replace(
              /[^\0-\x7f]/g,
              (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
            )
          : shown;
      const inForm =
        spelling === 'escaped'
          ? [...WRITE[/^utf/.test(charset) ? 'utf8' : charset](shown)]
              .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
              .join('')
          : shown;
      const text = /json/.test(type)
        ? `{"a":1,"${inJson}":"${needle}","z":[]}`
        : /multipart/.test(type)
          ? `--b\r\nContent-Disposition: form-data; name="${shown}"\r\n\r\n${needle}\r\n--b--\r\n`
          : `a=1&${inForm}=${needle}&z=2`;
      const body = Buffer.concat([
        (byteOrderMark && MARKS[charset]) || Buffer.alloc(0),
        WRITE[charset](text),
      ]);
      const header: Field = ['Content-Type', type + label];
      const end = body.indexOf(WRITE[charset](needle)) + WRITE[charset](needle).length;
      return {
        denylist: [name],
        requestHeaders: [header],
        responseHeaders: [header],
        body,
        ...(cut !== null && { kept: Math.min(end + cut, body.length) }),
        onSpan: onSpan && charset === 'utf8',
        needles: [needle],
      };
    },
  );
