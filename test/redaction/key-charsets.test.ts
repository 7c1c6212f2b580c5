import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeText } from '../../src/har/body';
import { decodeBody } from '../../src/har/decoded-body';
import { SecretMask } from '../../src/redaction/mask';
import { compilePolicy } from '../../src/redaction/policy';
import { SETTINGS, shownBody } from '../support/described-body';
import { expectLinear } from '../support/linear-time';

const none = compilePolicy({});
const KEYS = [
  'schlüssel-der-eule',
  'ключ-совы-0123',
  'owl-key-0123456789',
  'ключи\u0301ки-é€😀-key',
];

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const utf32 = (text: string) =>
  Buffer.concat(
    [...text].map((c) => Buffer.from(Uint32Array.of(c.codePointAt(0) as number).buffer)),
  );
const WRITINGS: [string, (text: string) => Buffer][] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-16LE', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-16BE', utf16be],
  ['UTF-16LE with a mark', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['latin1', (text) => Buffer.from(text, 'latin1')],
  ['UTF-32LE', utf32],
  ['UTF-32BE', (text) => utf32(text).swap32()],
  ['UTF-8 twice', (text) => Buffer.from(Buffer.from(text).toString('latin1'))],
];
const LABELS = [undefined, 'utf-8', 'iso-8859-1', 'utf-16le', 'utf-16be', 'shift_jis', 'no-such'];

function fromUtf32(bytes: Buffer): string {
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) =>
    bytes.readUInt32LE(4 * index),
  )
    .map((point) => (point > 0x10ffff ? '?' : String.fromCodePoint(point)))
    .join('');
}

/** All that who reads a log could make of a text. */
function readings(text: string): string[] {
  const bytes = [
    Buffer.from(text),
    Buffer.from(text, 'latin1'),
    Buffer.from(text, 'base64'),
    Buffer.from(text, 'utf16le'),
    utf16be(text),
  ];
  const charsets = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'];
  const read = bytes.flatMap((some) =>
    charsets.map((charset) => new TextDecoder(charset).decode(some)),
  );
  const latin = Buffer.from(text, 'latin1');
  const base64 = Buffer.from(text, 'base64');
  for (const some of [Buffer.from(text), latin, base64]) {
    read.push(fromUtf32(some), fromUtf32(Buffer.from(some.subarray(0, some.length & ~3)).swap32()));
  }
  const twice = read.map((some) => Buffer.from(some, 'latin1').toString());
  return [text, ...read, ...twice].flatMap((some) => [some, some.replaceAll('\0', '')]);
}

function shown(
  bytes: Buffer,
  type: string,
  key: string,
  loss?: 'truncated' | 'ended_early',
): string {
  const body = { size: bytes.length + (loss === 'truncated' ? 9 : 0), bytes, loss, isText: false };
  const headers = [{ name: 'content-type', value: type }];
  const { content } = shownBody(body, headers, none, SETTINGS, new SecretMask(key));
  return 'text' in content ? content.text : '';
}

describe.each(KEYS)('the key %s', (key) => {
  it.each(WRITINGS)('is hidden in %s, whatever charset the body says', (name, write) => {
    if (name === 'latin1' && /[^\0-\xff]/.test(key)) return;
    const bytes = write(JSON.stringify({ a: 'x', key, b: 1 }));
    for (const label of LABELS) {
      const type = `application/json${label === undefined ? '' : `; charset=${label}`}`;
      for (const reading of readings(shown(bytes, type, key))) expect(reading).not.toContain(key);
    }
  });

  it.each(WRITINGS)('is hidden as far as it was kept in %s', (name, write) => {
    if (name === 'latin1' && /[^\0-\xff]/.test(key)) return;
    const half = [...key].slice(0, 6).join('');
    for (let kept = 6; kept < [...key].length; kept++) {
      const bytes = write(`{"key":"${[...key].slice(0, kept).join('')}`);
      for (const label of LABELS) {
        const type = `application/json${label === undefined ? '' : `; charset=${label}`}`;
        for (const reading of readings(shown(bytes, type, key, 'ended_early'))) {
          expect(reading).not.toContain(half);
        }
      }
    }
  });

  it('is hidden in headers that are read as latin1, and in URLs', () => {
    for (const sent of [key, Buffer.from(key).toString('latin1')]) {
      for (const given of [key, Buffer.from(key).toString('latin1')]) {
        const secrets = new SecretMask(given);
        const [field] = secrets.hideInHeaders([{ name: 'X-Key', value: `a ${sent} b` }]);
        for (const reading of readings(field?.value ?? '')) expect(reading).not.toContain(key);
        expect(secrets.hideInUrl(`/x/${sent}?k=${sent}`)).not.toContain(sent);
        expect(secrets.hideInUrl(`/?k=${encodeURIComponent(key)}`)).toMatch(/sha512/);
      }
    }
  });
});

describe('a key that a cut falls into', () => {
  const KEY = 'rk/AB"é+ 0123456789';
  const json = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const slash = (c: string) => ('/"'.includes(c) ? `\\${c}` : c);
  const percent = (c: string) => Buffer.from(c).toString('hex').replace(/../g, '%$&');
  const nested = (c: string) => percent(c).replaceAll('%', '%25');
  const plus = (c: string) => (c === ' ' ? '+' : percent(c));

  it.each([
    ['JSON, every character escaped', json],
    ['JSON as PHP writes it', slash],
    ['percent-encoding', percent],
    ['percent-encoding of percent-encoding', nested],
    ['a form', plus],
    ['percent-encoding as browsers do it', (c: string) => encodeURIComponent(c)],
    ['nothing', (c: string) => c],
  ])('is taken off the end in %s, wherever the cut falls', (_how, spell) => {
    const secrets = new SecretMask(KEY);
    const spelt = [...KEY].map(spell).join('');
    const four = [...KEY].slice(0, 4).map(spell).join('');
    for (let kept = four.length; kept <= spelt.length; kept++) {
      const left = secrets.hideCutEnd(secrets.hide(`text=${spelt.slice(0, kept)}`));
      expect(left).not.toContain(four);
      if (kept < spelt.length) expect(left).toBe('text=');
    }
  });

  it('leaves an end that is no beginning of a key as it is', () => {
    const secrets = new SecretMask(KEY);
    for (const text of ['a\\', 'a%', 'a%2', 'a\\u00', 'rk/', 'x%25', '\\\\', '']) {
      expect(secrets.hideCutEnd(text)).toBe(text);
    }
  });

  it('of a client that means harm costs no more than any other', () => {
    const secrets = new SecretMask(`${'ab'.repeat(4000)}é`);
    for (const piece of ['ab', '\\u0061', '%61', '%2561', 'é', '\0a']) {
      expectLinear(400_000, (length) => {
        const text = piece.repeat(length / piece.length);
        secrets.hideCutEnd(text);
        secrets.hide(text);
        secrets.hideInBytes(Buffer.from(text), true);
      });
    }
  });
});

describe('the search in bytes', () => {
  it('finds every key that hiding would change, also one beyond ASCII', () => {
    const key = fc.string({ minLength: 8, maxLength: 12, unit: fc.constantFrom(...'abü€é/ %') });
    const how = fc.constantFrom(
      (text: string) => text,
      (text: string) => Buffer.from(text).toString('latin1'),
      (text: string) => encodeURIComponent(text),
      (text: string) => encodeURIComponent(encodeURIComponent(text)),
      (text: string) => text.replace(/[\x80-\xff]/g, (c) => `%${c.charCodeAt(0).toString(16)}`),
      (text: string) => text.normalize('NFD'),
    );
    fc.assert(
      fc.property(key, how, how, (sought, given, sent) => {
        const secrets = new SecretMask(given(sought));
        const text = `x ${sent(sought)} y`;
        if (secrets.hide(text) !== text) expect(secrets.mayBeInBytes(Buffer.from(text))).toBe(true);
      }),
    );
  });
});

it('a body that says another charset than it has is read as it says, when there is no key', () => {
  const bytes = Buffer.from('{"a":"é"}');
  const headers = [{ name: 'content-type', value: 'application/json; charset=latin1' }];
  const body = { size: bytes.length, bytes, loss: undefined, isText: false };
  const { content } = describeText(
    decodeBody(body, headers, 1e6),
    headers,
    none,
    SETTINGS,
    new SecretMask('owl-key-0'),
  );
  expect(content).toEqual({ kind: 'text', text: '{"a":"Ã©"}' });
});
