import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** A body that ends before its end, within or behind something that must not leave. */
export interface EarlyEnd {
  readonly side: 'request' | 'response';
  readonly type: string;
  readonly coding: 'identity' | 'gzip' | 'deflate' | 'br';
  /** As it is on the wire. */
  readonly body: Buffer;
  /** Bytes of the body that are sent; the rest comes only with `sendsRest`. */
  readonly sent: number;
  readonly framing: 'length' | 'chunked';
  readonly cause: (typeof CAUSES)[number];
  /** The client sends the rest when the answer is there. */
  readonly sendsRest: boolean;
  readonly needles: readonly string[];
}

const CAUSES = [
  'the client aborts',
  'the client ends its half',
  'the next chunk is none',
  'answered before it was read',
  'answered and never read',
  'the application destroys the request',
  'the application destroys the socket',
  'the application throws away what comes',
] as const;

export const KEY = 'rk/Qz1zQ+ABCDEF&0123456789';
/** Long enough to be of use to a thief, whatever follows. */
const BEGINNING = 'Qz1zQ+ABCDEF';
const PASSWORD = 'Qz2zQ-of-the-caller';
export const MAX_BODY_BYTES = 300;

/** The key as different writers of JSON, forms and texts spell it. */
const SPELLINGS: readonly ((key: string) => string)[] = [
  (key) => key,
  (key) => key.replaceAll('/', '\\/'),
  (key) => encodeURIComponent(key),
  (key) =>
    encodeURIComponent(key)
      .toLowerCase()
      .replace(/qz1zq|abcdef/g, (word) => original(word)),
  (key) => key.replace(/[/+&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
  (key) => key.replace(/[/+&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16).toUpperCase()}`),
];

function original(word: string): string {
  return word === 'qz1zq' ? 'Qz1zQ' : 'ABCDEF';
}

/** A text around what is secret, as `secret` stands for it. */
const TEXTS: readonly (readonly [type: string, text: (secret: string) => string])[] = [
  ['application/json', (secret) => `{"a":1,"k":"${secret}","z":[1,2,3]}`],
  ['application/json', (secret) => `{"pad":"${'x'.repeat(280)}","k":"${secret}","z":1}`],
  ['text/plain', (secret) => `${'the key is '.repeat(20)}${secret} and no other`],
  ['application/x-www-form-urlencoded', (secret) => `a=1&k=${secret}&z=2`],
  ['multipart/form-data; boundary=b', (secret) => part('name="k"', secret)],
  ['multipart/form-data; boundary=b', (secret) => part('name="f"; filename="a.txt"', secret)],
];

const ofTheKey = fc
  .record({
    spelling: fc.constantFrom(...SPELLINGS),
    text: fc.constantFrom(...TEXTS),
    off: fc.nat({ max: 8 }),
  })
  .map(({ spelling, text: [type, around], off }) => {
    const secret = spelling(KEY);
    const body = around(secret);
    // Within the end of the key, or at its end.
    return { type, body, sent: body.indexOf(secret) + secret.length - off };
  });

const ofAPassword = fc
  .record({
    form: fc.constantFrom(
      ['application/json', `{"a":1,"password":"${PASSWORD}","z":1}`],
      ['application/json', `[{"password":{"x":["${PASSWORD}"]}}]`],
      ['text/plain', `{"password":"${PASSWORD}"}`],
      ['application/x-www-form-urlencoded', `a=1&password=${PASSWORD}&z=2`],
      ['multipart/form-data; boundary=b', part('name="password"', PASSWORD)],
      ['text/event-stream', `data: {"password":"${PASSWORD}"}\n\n`],
      ['application/x-ndjson', `{"a":1}\n{"password":"${PASSWORD}"}\n`],
    ) as fc.Arbitrary<[string, string]>,
    off: fc.integer({ min: -4, max: 12 }),
  })
  .map(({ form: [type, body], off }) => ({
    type,
    body,
    sent: Math.min(body.indexOf(PASSWORD) + PASSWORD.length - off, body.length - 1),
  }));

export const earlyEnd: fc.Arbitrary<EarlyEnd> = fc
  .record({
    what: fc.oneof(ofTheKey, ofAPassword),
    side: fc.constantFrom('request', 'request', 'request', 'response'),
    framing: fc.constantFrom('length', 'chunked'),
    cause: fc.constantFrom(...CAUSES),
    sendsRest: fc.boolean(),
    coding: fc.constantFrom('identity', 'identity', 'identity', 'gzip', 'deflate', 'br'),
    lost: fc.integer({ min: 1, max: 24 }),
  } as const)
  .map(({ what: { type, body, sent }, coding, lost, framing, ...rest }) => ({
    ...rest,
    ...packed(body, sent, coding, lost),
    type,
    coding,
    // Then it would be the whole of a text that ends within the key.
    sendsRest: rest.sendsRest && coding === 'identity',
    framing: rest.cause === 'the next chunk is none' ? ('chunked' as const) : framing,
    needles: [...new Set(SPELLINGS.map((spelling) => spelling(BEGINNING))), PASSWORD.slice(0, 5)],
  }));

/** Of a packed body bytes are missing at its end: some of the text, or only of what follows it. */
function packed(text: string, sent: number, coding: EarlyEnd['coding'], lost: number) {
  if (coding === 'identity') return { body: Buffer.from(text), sent };
  const pack = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[coding];
  // The key at the end of what is packed, so that what is missing is missing of it.
  const body = pack(text.slice(0, sent));
  return { body, sent: Math.max(body.length - lost, 1) };
}

function part(parameters: string, value: string): string {
  return `--b\r\nContent-Disposition: form-data; ${parameters}\r\n\r\n${value}\r\n--b--\r\n`;
}
