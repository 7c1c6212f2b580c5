import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { graphqlOperation } from '../../src/har/graphql';
import { mask, SecretMask } from '../../src/redaction/mask';
import { compilePolicy, type Policy } from '../../src/redaction/policy';
import { expectLinear } from '../support/linear-time';
import { entryOf, fields, sampleExchange } from '../support/sample-exchanges';

const NONE = compilePolicy({});
const ENDPOINT = 'https://api.example.com/graphql';
const USER = { operationName: 'GetUser', query: 'query GetUser { user { id } }' };

interface Sent {
  readonly policy?: Policy;
  readonly method?: string;
  readonly url?: string;
  readonly route?: string;
  readonly headers?: Record<string, string>;
}

function pageOf(body: string | Uint8Array, { policy = NONE, route = '', ...sent }: Sent = {}) {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const request = {
    method: sent.method ?? 'POST',
    url: sent.url ?? ENDPOINT,
    headers: fields({ 'Content-Type': 'application/json', ...sent.headers }),
    body: { size: bytes.length, bytes },
  };
  return entryOf(sampleExchange({ route, request }), policy).pageref;
}

describe('the page of a GraphQL request', () => {
  it.each([
    [USER, '/GetUser'],
    [[USER], '/GetUser'],
    [{ query: 'mutation  SaveUser($id: ID!) { save(id: $id) { id } }' }, '/SaveUser'],
    [
      { query: '# query Not\nfragment F on User { query }\nquery Get { a(b: "query X {") }' },
      '/Get',
    ],
    [{ query: 'query A { a }\nquery B { b }', operationName: 'B' }, '/B'],
    [{ query: '"""\nquery Doc """ subscription Ticks { tick }' }, '/Ticks'],
    [{ operationName: 'Persisted', extensions: { persistedQuery: {} } }, '/Persisted'],
    [{ query: 'query A { a }\nquery B { b }' }, ''],
    [{ query: '{ user { id } }' }, ''],
    [[USER, USER], ''],
    [{ operationName: 'not a name', query: '' }, ''],
    [{ operationName: `N${'a'.repeat(200)}` }, ''],
    [{ variables: { operationName: 'Nested' } }, ''],
    ['GetUser', ''],
    [null, ''],
  ])('of %j ends in %j', (body, end) => {
    expect(pageOf(JSON.stringify(body))).toBe(`${ENDPOINT}${end}`);
  });

  it('is read from a body that is packed', () => {
    const headers = { 'Content-Encoding': 'gzip' };
    expect(pageOf(gzipSync(JSON.stringify(USER)), { headers })).toBe(`${ENDPOINT}/GetUser`);
  });

  it('has the operation behind the route, and the slash of the URL is none', () => {
    const body = JSON.stringify(USER);
    expect(pageOf(body, { route: '/:tenant/graphql/' })).toMatch(/\/:tenant\/graphql\/GetUser$/);
    expect(pageOf(body, { url: `${ENDPOINT}/?x=1` })).toBe(`${ENDPOINT}/GetUser`);
  });

  it('is the path where it is not GraphQL that is asked for', () => {
    const body = JSON.stringify(USER);
    expect(pageOf(body, { method: 'PUT' })).toBe(ENDPOINT);
    expect(pageOf(body, { url: 'https://h/graphqls' })).toBe('https://h/graphqls');
    expect(pageOf('{"operationName":"GetUser"')).toBe(ENDPOINT);
  });

  it('has no name that the lists hide', () => {
    const body = JSON.stringify(USER);
    for (const denylist of [
      ['operationName', 'query'],
      ['**.operationName', 'query'],
    ]) {
      expect(pageOf(body, { policy: compilePolicy({ denylist }) })).toBe(ENDPOINT);
    }
    const denied = compilePolicy({ denylist: ['operationName'] });
    expect(pageOf(JSON.stringify({ ...USER, query: '{ a }' }), { policy: denied })).toBe(ENDPOINT);
    expect(pageOf(body, { policy: compilePolicy({ allowlist: ['variables'] }) })).toBe(ENDPOINT);
    const allowed = compilePolicy({ allowlist: ['operationName'] });
    expect(pageOf(body, { policy: allowed })).toBe(`${ENDPOINT}/GetUser`);
  });

  it('has no key of the caller', () => {
    const key = 'owl_live_7f3d9a5c';
    const secrets = new SecretMask(key);
    const bytes = Buffer.from(JSON.stringify({ operationName: key }));
    const body = { size: bytes.length, bytes, loss: undefined, isText: false };
    const record = { method: 'POST', requestBody: body, bodiesLeftOut: false } as never;
    expect(mask(key)).not.toContain(key);
    expect(graphqlOperation(record, [], NONE, 1e6, undefined)).toBe(key);
    expect(graphqlOperation(record, [], NONE, 1e6, secrets)).toBeUndefined();
  });

  it('takes time in proportion to the document, whatever it is made of', () => {
    for (const piece of ['\\"', '"""', '#', '{', 'query ', '"']) {
      expectLinear(8000, (length) => {
        const bytes = Buffer.from(JSON.stringify({ query: `"${piece.repeat(length)}` }));
        const body = { size: bytes.length, bytes, loss: undefined, isText: false };
        const record = { method: 'POST', requestBody: body, bodiesLeftOut: false } as never;
        graphqlOperation(record, [], NONE, 1e6, undefined);
      });
    }
  });
});
