import fc from 'fast-check';
import { mark } from '../leaks';
import type { Field, FormCase } from './form-case';

const FORM = 'application/x-www-form-urlencoded';
const long = 'b'.repeat(253);

/** Media types as they should not be, beside those that are in order. */
const TYPES = [
  ...[undefined, '', 'text/plain', 'text/html', '*/*', 'application/octet-stream', 'x', ';', ','],
  ...[
    FORM,
    `${FORM} charset=utf-8`,
    `${FORM};`,
    `${FORM};;charset`,
    `text/plain, ${FORM}`,
    `"${FORM}"`,
  ],
  ...[
    FORM.toUpperCase(),
    ` ${FORM}`,
    `${FORM}, text/plain`,
    `${FORM}; charset="utf-8`,
    `${FORM}\t;x=y`,
  ],
  ...[
    'application/json charset=utf-8',
    'application/json,application/json',
    'APPLICATION/JSON;',
    'json',
  ],
  ...[
    'application/json; charset=',
    'application/json; charset=nonsense',
    'text/json',
    'application/jsonp',
  ],
  ...['application/x-ndjson;', 'application/json-seq', 'text/event-stream charset=utf-8'],
  ...['multipart/form-data', 'multipart/form-data boundary=b', 'multipart/form-data; boundary="b"'],
  ...[
    'multipart/form-data; boundary=b; boundary=c',
    'multipart/form-data; Boundary=b',
    'multipart/mixed; boundary=b',
  ],
  ...[
    `multipart/form-data; boundary=${long}`,
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=b ',
  ],
];

const multipart = (value: string, boundary = 'b') =>
  `--${boundary}\r\nContent-Disposition: form-data; name="password"\r\n\r\n${value}\r\n--${boundary}--\r\n`;

const BODIES: readonly ((value: string) => string)[] = [
  (value) => `password=${value}`,
  (value) => `remember&password=${value}`,
  (value) => `&a=1&password=${value}`,
  (value) => `a={x}&password=${value}`,
  (value) => `a="x"&password=${value}`,
  (value) => `a=1&&password=${value}&`,
  (value) => `a=%zz&pass%77ord=${value}`,
  (value) => `{"password":"${value}"}`,
  (value) => ` \n[{"password":"${value}"}]`,
  (value) => `\ufeff{"password":"${value}"}`,
  (value) => `{"a":1}\n{"password":"${value}"}\n`,
  (value) => `\x1e{"password":"${value}"}\n`,
  (value) => `data: {"password":"${value}"}\n\n`,
  (value) => multipart(value),
  (value) => multipart(value, long),
  (value) => `preamble\r\n${multipart(value)}epilogue`,
];

/** A denied field under media types with faults. */
export const mediaTypes: fc.Arbitrary<FormCase> = fc
  .record({ type: fc.constantFrom(...TYPES), body: fc.nat({ max: BODIES.length - 1 }) })
  .filter(({ type = '', body }) => isRecognizable(type, body))
  .map(({ type, body }): FormCase => {
    const headers: Field[] = type === undefined ? [] : [['Content-Type', type]];
    const text = (BODIES[body] as (value: string) => string)(mark(100));
    return {
      denylist: ['password'],
      requestHeaders: headers,
      responseHeaders: headers,
      body: Buffer.from(text),
      needles: [mark(100)],
    };
  });

/** A denylist has nothing to say of text without names: of events or parts that nothing says to be some. */
function isRecognizable(type: string, body: number): boolean {
  const text = (BODIES[body] as (value: string) => string)('');
  if (/^data:/.test(text)) return /event-stream/.test(type);
  if (/Content-Disposition/.test(text)) return /multipart/.test(type);
  return true;
}

const EVENT_FIELDS = ['data', 'event', 'id', 'retry', '', 'x', 'DATA', ' data', '\ufeffdata'];

/** A denied name in any field of a server-sent event, also in what is a comment or no field at all. */
export const events: fc.Arbitrary<FormCase> = fc
  .record({
    lines: fc.array(
      fc.record({
        field: fc.constantFrom(...EVENT_FIELDS),
        space: fc.constantFrom('', ' ', '\t'),
        text: fc.constantFrom<((value: string) => string)[]>(
          (value) => `{"password":"${value}"}`,
          (value) => `{"a":1,"password":"${value}"`,
          (value) => `password=${value}`,
          (value) => `a=1&password=${value}`,
          (value) => `[{"PASSWORD":"${value}"}]`,
          () => '1',
          () => '{',
        ),
        end: fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\r', ''),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ lines }): FormCase => {
    const body = lines
      .map(
        ({ field, space, text, end }, index) => `${field}:${space}${text(mark(110 + index))}${end}`,
      )
      .join('');
    const headers: Field[] = [['Content-Type', 'text/event-stream']];
    return {
      denylist: ['password'],
      requestHeaders: headers,
      responseHeaders: headers,
      body: Buffer.from(body),
      needles: lines.map((_, index) => mark(110 + index)),
    };
  })
  .filter(({ body, needles }) => needles.some((needle) => body?.includes(needle)));

const CHARSETS = ["UTF-8''", "utf-8'de'", "ISO-8859-1''", "''", "windows-1252'en'"];

/** A denied name or the caller's key in the parameters of a part, as RFC 8187 writes them and as browsers do. */
export const uploads: fc.Arbitrary<FormCase> = fc
  .record({
    letters: fc.constantFrom('', 'ü', 'é', '€'),
    charset: fc.constantFrom(...CHARSETS),
    parameter: fc.constantFrom('filename', 'filename*', 'filename*0*', 'name*'),
    quote: fc.constantFrom('"', ''),
    isKey: fc.boolean(),
  })
  .map(({ letters, charset, parameter, quote, isKey }): FormCase => {
    const needle = mark(120);
    const key = `${letters}key-${needle}-1234`;
    const bytes = Buffer.from(
      key,
      /8859|1252/.test(charset) && letters !== '€' ? 'latin1' : 'utf8',
    );
    const percent = [...bytes]
      .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16)}`))
      .join('');
    const text = parameter.includes('*')
      ? `${parameter}=${charset}${percent}`
      : `${parameter}=${quote}${bytes.toString('latin1')}${quote}`;
    const named = parameter === 'name*' ? text : `name="f"; ${text}`;
    const content = isKey
      ? `--b\r\nContent-Disposition: form-data; ${named}\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n`
      : `--b\r\nContent-Disposition: form-data; name="password"; ${text}\r\n\r\n${needle}\r\n--b--\r\n`;
    return {
      ...(isKey ? { callerKey: key } : { denylist: ['password'] }),
      requestHeaders: [['Content-Type', 'multipart/form-data; boundary=b']],
      responseHeaders: [['Content-Type', 'multipart/form-data; boundary=b']],
      body: Buffer.from(content, 'latin1'),
      needles: [needle],
    };
  });
