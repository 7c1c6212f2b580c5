import fc from 'fast-check';
import { mark } from '../leaks';
import type { Field, FormCase } from './form-case';

const attributes = fc
  .subarray(
    [
      'Path=/',
      'HttpOnly',
      'Secure',
      'Expires=Wed, 21 Oct 2026 07:28:00 GMT',
      'expires=Wednesday, 21-Oct-26 07:28:00 GMT',
      'Max-Age=5',
      'SameSite=Lax',
      'Comment="a; b, c"',
      'Domain=h.example',
    ],
    { maxLength: 4 },
  )
  .chain((all) =>
    fc.constantFrom('; ', ';', ' ; ').map((join) => all.map((one) => join + one).join('')),
  );

/** How a value stands behind its name. */
const VALUES: readonly ((value: string) => string)[] = [
  (value) => `=${value}`,
  (value) => `="${value}"`,
  (value) => `="a;${value}"`,
  (value) => `="a, b;${value}; c"`,
  (value) => `="a\\";${value}"`,
  (value) => `=a=${value}`,
  (value) => `=${value}==`,
  (value) => ` = ${value}`,
  (value) => `=a,${value}`,
  (value) => `="unclosed;${value}`,
];

const cookie = fc.record({
  name: fc.constantFrom('session', 'a', '__Host-x', 'x.y', ''),
  value: fc.constantFrom(...VALUES),
  attributes,
});

/** Several cookies in one `Set-Cookie` field or in some, with quoted values. */
export const setCookies: fc.Arbitrary<FormCase> = fc
  .record({
    cookies: fc.array(cookie, { minLength: 1, maxLength: 4 }),
    join: fc.constantFrom(', ', ',', ' , ', '\n'),
  })
  .map(({ cookies, join }): FormCase => {
    const texts = cookies.map(
      ({ name, value, attributes }, index) => name + value(mark(90 + index)) + attributes,
    );
    const values = join === '\n' ? texts : [texts.join(join)];
    return {
      responseHeaders: values.map((value): Field => ['Set-Cookie', value]),
      needles: cookies.map((_, index) => mark(90 + index)),
    };
  });

/** Cookies as clients send them, and as they should not. */
export const requestCookies: fc.Arbitrary<FormCase> = fc
  .record({
    cookies: fc.array(cookie, { minLength: 1, maxLength: 4 }),
    join: fc.constantFrom('; ', ';', ', ', '\n'),
    version: fc.boolean(),
  })
  .map(({ cookies, join, version }): FormCase => {
    const texts = cookies.map(({ name, value }, index) => name + value(mark(90 + index)));
    const values = join === '\n' ? texts : [texts.join(join)];
    return {
      requestHeaders: values.map(
        (value): Field => ['Cookie', (version ? '$Version=1; ' : '') + value],
      ),
      needles: cookies.map((_, index) => mark(90 + index)),
    };
  });

/** The caller's key where names, attributes and paths are, and not only values. */
export const keyInNames: fc.Arbitrary<FormCase> = fc
  .constantFrom<(key: string) => Partial<FormCase>>(
    (key) => ({ requestHeaders: [['Cookie', `${key}=1`]] }),
    (key) => ({ requestHeaders: [['Cookie', `a=1; s_${key}=1; b=2`]] }),
    (key) => ({ requestHeaders: [[`X-${key}`, '1']] }),
    (key) => ({ requestHeaders: [[key.toUpperCase(), '1']] }),
    (key) => ({ responseHeaders: [['Set-Cookie', `${key}=1; Path=/`]] }),
    (key) => ({ responseHeaders: [['Set-Cookie', `a=1; Path=/u/${key}; Secure`]] }),
    (key) => ({ responseHeaders: [['Set-Cookie', `a=1; Domain=${key}.example`]] }),
    (key) => ({ responseHeaders: [['Set-Cookie', `a=1, b_${key}=2; Path=/`]] }),
    (key) => ({ responseHeaders: [[`X-${key}`, '1']] }),
    (key) => ({ url: `http://h/p?${key}` }),
    (key) => ({ url: `http://h/p?a=1&x${key}=2` }),
    (key) => ({ url: `http://${key}.example/p` }),
    (key) => ({ requestHeaders: [['Host', `${key}.example`]] }),
    (key) => jsonBody(`{"${key}":1}`),
    (key) => jsonBody(`{"a":{"x-${key}":[]}}`),
    (key) => formBody('application/x-www-form-urlencoded', `a=1&${key}=1`),
    (key) => formBody('multipart/form-data; boundary=b', part(`name="${key}"`)),
    (key) => formBody('multipart/form-data; boundary=b', part(`name="f"; filename="${key}.png"`)),
    (key) =>
      formBody(
        `multipart/form-data; boundary=${key}`,
        part('name="f"').replaceAll('--b', `--${key}`),
      ),
    (key) => formBody(`application/json; profile=${key}`, '{}'),
  )
  .map((place): FormCase => {
    const needle = mark(95);
    return {
      callerKey: `key-${needle}-1234`,
      needles: [needle, needle.toUpperCase()],
      ...place(`key-${needle}-1234`),
    };
  });

function jsonBody(text: string): Partial<FormCase> {
  return formBody('application/json', text);
}

function formBody(type: string, text: string): Partial<FormCase> {
  const headers: Field[] = [['Content-Type', type]];
  return { requestHeaders: headers, responseHeaders: headers, body: Buffer.from(text) };
}

function part(parameters: string): string {
  return `--b\r\nContent-Disposition: form-data; ${parameters}\r\n\r\n1\r\n--b--\r\n`;
}
