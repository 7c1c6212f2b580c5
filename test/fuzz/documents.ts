import { isDeepStrictEqual } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { compilePolicy } from '../../src/redaction/policy';
import {
  allowed,
  denied,
  document,
  entries,
  type Json,
  type Listed,
  spelled,
  spelling,
} from '../redaction/json-oracle';
import { throughFilteredSpan } from '../support/filtered-span';
import { validateHarLog } from '../support/har-schema';
import { fields, logOf, logSettings, recordOf, sampleExchange } from '../support/sample-exchanges';
import { leaksOf, mark, marksIn } from './leaks';

/** A document in an exchange, and the list that is set. */
export interface DocumentCase {
  readonly text: string;
  readonly list: readonly Listed[];
  readonly mode: 'deny' | 'allow';
  readonly carrier: Carrier;
  readonly type: string;
  readonly coding: keyof typeof CODINGS;
  readonly charset: 'utf8' | 'utf16le';
  readonly byteOrderMark: boolean;
  /** Names in the query, in headers and in forms. */
  readonly names: readonly string[];
  readonly withKey: boolean;
}
type Carrier = 'json' | 'json' | 'cut' | 'lines' | 'multipart' | 'form';

const CODINGS = {
  identity: (bytes: Buffer): Uint8Array => bytes,
  gzip: (bytes: Buffer): Uint8Array => gzipSync(bytes, { level: 1 }),
  deflate: (bytes: Buffer): Uint8Array => deflateSync(bytes, { level: 1 }),
  br: (bytes: Buffer): Uint8Array => brotliCompressSync(bytes, { params: { 1: 1 } }),
  unknown: (bytes: Buffer): Uint8Array => bytes,
};
/** What of a number no parser keeps. */
const NUMBER_TAILS = ['', '.0', '.500', 'e0', 'E+00', '.00000000000000000000000001'];
const KEY = 'Key"of/the+caller&1%';

export const documentCase: fc.Arbitrary<DocumentCase> = fc
  .record({
    value: document,
    spelling,
    list: entries,
    mode: fc.constantFrom('deny', 'allow'),
    carrier: fc.constantFrom('json', 'json', 'json', 'cut', 'lines', 'multipart', 'form'),
    type: fc.constantFrom(
      'application/json',
      'application/json; charset=utf-8',
      'application/vnd.api+json',
      'text/plain',
      'application/x-www-form-urlencoded',
      '',
      'application/json; charset=utf-16le',
      'application/json; charset=latin1',
    ),
    coding: fc.constantFrom('identity', 'identity', 'identity', 'gzip', 'deflate', 'br', 'unknown'),
    charset: fc.constantFrom('utf8', 'utf8', 'utf8', 'utf16le'),
    byteOrderMark: fc.constantFrom(false, false, true),
    names: fc.array(fc.constantFrom('a', 'A', 'b', 'c', 'id', 'Id', 'x'), { maxLength: 5 }),
    withKey: fc.constantFrom(false, false, false, true),
  } as const)
  .map(({ value, spelling: how, ...rest }) => ({
    ...rest,
    text: withOddNumbers(spelled(marked(value, rest.withKey), how)),
  }));

/** What is wrong with the log of an exchange that carries the document both ways; nothing if all is right. */
export function documentFaults(one: DocumentCase): string[] {
  const { list, mode, names, withKey } = one;
  const entriesOfList = list.map(({ entry }) => entry);
  const policy = compilePolicy(
    mode === 'deny' ? { denylist: entriesOfList } : { allowlist: entriesOfList },
  );
  const { body, hidden } = bodyOf(one);
  const pairs = names.map((name, index): [string, string] => [name, mark(5000 + index)]);
  const query = new URLSearchParams(withKey ? [...pairs, ['k', KEY]] : pairs).toString();
  const headers = fields({
    ...(one.type !== '' && { 'Content-Type': one.type }),
    ...(one.coding !== 'identity' && { 'Content-Encoding': one.coding }),
  });
  const named = pairs.map(([name, value]) => ({ name, value }));
  const exchange = sampleExchange({
    callerKey: KEY,
    request: {
      method: 'POST',
      url: `http://h/p?${query}`,
      headers: [...headers, ...named, { name: 'Referer', value: `/r?${query}` }],
      body,
    },
    response: { headers: [...headers, ...named, { name: 'Location', value: `/l?${query}` }], body },
  });
  const record = recordOf(exchange);
  const log = logOf(record, logSettings(policy));
  const lists = mode === 'deny' ? { denylist: entriesOfList } : { allowlist: entriesOfList };
  const onSpan = throughFilteredSpan(record, lists);
  const hiddenNames = pairs
    .filter(([name]) => mustHide(name, list, mode))
    .map(([, value]) => value);
  const needles = [...hidden, ...hiddenNames, ...(withKey ? [KEY] : [])];
  return [
    ...validateHarLog(log.request).map((fault) => `not HAR 1.2: ${fault}`),
    ...leaksOf(log, needles).map((leak) => `leaked: ${leak}`),
    ...leaksOf(onSpan.attributes, needles).map((leak) => `leaked on a span: ${leak}`),
    ...(one.coding === 'br' || isDeepStrictEqual(onSpan.log, log) ? [] : ['another log of a span']),
    ...(isPlain(one) ? shapeFaults(one, log.request.log.entries[0].response.content.text) : []),
  ];
}

/** The bytes that carry the document, and the marks that must not come out of them. */
function bodyOf(one: DocumentCase): {
  body: { size: number; bytes: Uint8Array };
  hidden: string[];
} {
  const { carrier, text, names } = one;
  const pairs = names.map((name, index): [string, string] => [name, mark(7000 + index)]);
  const content = {
    json: () => text,
    cut: () => text.slice(0, -1),
    lines: () => `${text}\n${text}\n`,
    form: () => new URLSearchParams(pairs).toString(),
    multipart: () =>
      `--b\r\n${pairs.map(([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b`).join('\r\n')}--\r\n`,
  }[carrier]();
  const written = Buffer.from((one.byteOrderMark ? '\ufeff' : '') + content, one.charset);
  const bytes = CODINGS[one.coding](written);
  const body = { size: bytes.length, bytes };
  if (carrier === 'form' || carrier === 'multipart')
    return {
      body,
      hidden: pairs
        .filter(([name]) => mustHide(name, one.list, one.mode))
        .map(([, value]) => value),
    };
  // Text that is no object or array has no names: a denylist has nothing to say about it.
  if (!/^\s*[{[]/.test(text)) return { body, hidden: [] };
  const left = leftOf(one);
  const survivors = new Set(marksIn(JSON.stringify(left ?? '')));
  return { body, hidden: marksIn(text).filter((found) => !survivors.has(found)) };
}

function leftOf({ text, mode, list }: DocumentCase): Json | undefined {
  const value = JSON.parse(text) as Json;
  return mode === 'deny' ? denied(value, list) : allowed(value, list);
}

/** Whether a field of that name has to go; where a path could mean it, either is right. */
function mustHide(name: string, list: readonly Listed[], mode: DocumentCase['mode']): boolean {
  return mode === 'deny'
    ? list.some(({ tokens: [token, ...more] }) => more.length === 0 && says(token, name))
    : !list.some(({ tokens }) => tokens.includes('**') || says(tokens[0], name));
}

function says(token: Listed['tokens'][number] | undefined, name: string): boolean {
  return token instanceof RegExp
    ? token.test(name)
    : String(token).toLowerCase() === name.toLowerCase();
}

/** Nothing keeps the document from being understood, so that it is known what has to come out. */
function isPlain({ carrier, type, coding, charset, withKey, text }: DocumentCase): boolean {
  return (
    carrier === 'json' &&
    /^application\/(vnd\.api\+)?json(; charset=utf-8)?$/.test(type) &&
    coding !== 'unknown' &&
    charset === 'utf8' &&
    !withKey &&
    text.trim() !== ''
  );
}

function shapeFaults(one: DocumentCase, shown: string | undefined): string[] {
  const left = leftOf(one);
  if (left === undefined) return shown ? [`nothing is listed, but ${shown} was sent`] : [];
  if (shown === undefined) return ['left out, though something of it passes'];
  // Space before an allowlisted document may go.
  const passes = isDeepStrictEqual(left, JSON.parse(one.text));
  if (passes && one.mode === 'deny' && shown.replace(/^\ufeff/, '') !== one.text)
    return [`${one.text} passes, but became ${shown}`];
  try {
    const value: unknown = JSON.parse(shown.replace(/^\ufeff/, ''));
    return isDeepStrictEqual(value, left) ? [] : [`${JSON.stringify(left)} expected, not ${shown}`];
  } catch {
    return [`no JSON: ${shown}`];
  }
}

/** Every string and number becomes unlike all others. */
function marked(value: Json, withKey: boolean): Json {
  let count = 0;
  return JSON.parse(JSON.stringify(value), (_name, item: Json) => {
    count += 1;
    if (typeof item === 'string')
      return `${mark(count)}${item}${withKey && count % 3 === 0 ? KEY : ''}`;
    return typeof item === 'number' ? Number(`8080${1000 + count}0808`) : item;
  });
}

function withOddNumbers(text: string): string {
  return text.replace(
    /8080(\d{4})0808/g,
    (all, count: string) => all + NUMBER_TAILS[Number(count) % NUMBER_TAILS.length],
  );
}
