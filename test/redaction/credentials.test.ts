import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formText } from '../../src/har/forms';
import * as api from '../../src/index';
import {
  CREDENTIAL_ENDINGS,
  CREDENTIAL_PARAMETERS,
  NOT_CREDENTIALS,
} from '../../src/redaction/credential-endings';
import { CREDENTIAL_NAMES } from '../../src/redaction/credential-names';
import { redactJsonText } from '../../src/redaction/json-text';
import { SecretMask } from '../../src/redaction/mask';
import { compilePolicy } from '../../src/redaction/policy';
import { redactUrl } from '../../src/redaction/url';
import { expectLinear } from '../support/linear-time';
import { VALUE } from '../support/list-places';
import { entryOf, fields, sampleExchange } from '../support/sample-exchanges';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/REDACTION.md'), 'utf8');
const policy = compilePolicy({ denylist: ['@credentials'] });

/** The names in the list after `<!-- list: name -->`. */
function listed(name: string): string[] {
  const list = DOCUMENT.split(`<!-- list: ${name} -->\n`)[1]?.split('\n\n')[0] ?? '';
  return [...list.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);
}

/** The log of an exchange that has a value under a name in each place where credentials travel. */
function logWith(name: string): { log: string; json: unknown; response: unknown } {
  const query = `${encodeURIComponent(name)}=${VALUE}`;
  const json = JSON.stringify({ a: [{ b: { [name]: VALUE, kept: 'kept-value' } }] });
  const form = {
    'Content-Type': 'application/x-www-form-urlencoded',
    Referer: `https://h/?${query}`,
  };
  const parts = {
    callerKey: 'anonymous',
    request: {
      method: 'POST',
      url: `https://h/?a=1&${query}&page=kept-page`,
      headers: [...fields(form), { name: name.replace(/[^\w.-]/g, '-'), value: VALUE }],
      body: { size: query.length, text: `${query}&field=kept-field` },
    },
    response: {
      headers: fields({ 'Content-Type': 'application/json', [name]: VALUE }),
      body: { size: json.length, text: json },
    },
  };
  const entry = entryOf(sampleExchange(parts), policy);
  return {
    log: JSON.stringify(entry),
    json: JSON.parse(entry.response.content.text ?? ''),
    response: entry.response.headers,
  };
}

describe('@credentials hides, at any depth of JSON, in query, form and header, the value of', () => {
  it.each(CREDENTIAL_NAMES)('%s', (name) => {
    const { log, json } = logWith(name);
    expect(log).not.toContain(VALUE);
    for (const kept of ['kept-value', 'kept-page', 'kept-field']) expect(log).toContain(kept);
    const mark = `[REDACTED ${VALUE.length}]`;
    expect(json).toEqual({ a: [{ b: { [name]: mark, kept: 'kept-value' } }] });
  });

  it.each(
    CREDENTIAL_ENDINGS.flatMap((ending) => [
      `github_${ending}`,
      `my${ending.replaceAll('_', '').toUpperCase()}`,
      `a.b-${ending}`,
    ]),
  )('%s, by its end', (name) => {
    expect(logWith(name).log).not.toContain(VALUE);
  });
});

describe('a credential is found in every usual spelling', () => {
  const spellings = CREDENTIAL_NAMES.filter((name) => /^[a-z0-9]+(_[a-z0-9]+)+$/.test(name)).map(
    (name) => [
      name,
      name.replaceAll('_', '-'),
      name.replaceAll('_', ''),
      name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase()),
      name.toUpperCase(),
      name.replaceAll('_', ' '),
      `X-${name.replaceAll('_', '-')}`,
      `_${name}`,
      `${name}_`,
    ],
  );

  it('there are names of several words', () => expect(spellings.length).toBeGreaterThan(80));

  it.each(spellings)('%s', (...names) => {
    for (const name of names) {
      expect([name, policy.hides(name)]).toEqual([name, true]);
      const { text } = redactJsonText(JSON.stringify({ a: { [name]: 'v' } }), policy) as {
        text: string;
      };
      expect(JSON.parse(text)).toEqual({ a: { [name]: '[REDACTED 1]' } });
    }
  });

  it('also with escapes in its name', () => {
    expect(redactJsonText('{"a":{"\\u0070assword":"v"}}', policy)).toMatchObject({
      text: '{"a":{"\\u0070assword":"[REDACTED 1]"}}',
    });
  });
});

describe('@credentials leaves', () => {
  const ordinary = [
    'author',
    'keyboard',
    'monkey',
    'id',
    'session',
    'sessions',
    'max_tokens',
    'signature_date',
    'compass',
    'passenger',
    'design',
    'opinion',
    'code',
    'key',
    'keys',
    'country_code',
    'secretary',
    'X-Amz-Date',
    'X-Amz-Expires',
    'a'.repeat(300),
  ];
  it.each([...ordinary, ...NOT_CREDENTIALS, ...NOT_CREDENTIALS.map((name) => `my_${name}`)])(
    '%s in JSON',
    (name) => {
      const json = JSON.stringify({ a: { [name]: 'v' }, [name]: 1 });
      expect(redactJsonText(json, policy)).toEqual({ kind: 'passed', text: json });
    },
  );

  // Fields of the IANA's registry and others that most messages have.
  const standard = `Accept Accept-Encoding Access-Control-Allow-Credentials Access-Control-Allow-Headers Age Allow
    Cache-Control Connection Content-Security-Policy Content-Type Date ETag Expect Forwarded From Host
    If-None-Match Idempotency-Key Keep-Alive Last-Modified Lock-Token Location Origin Pragma Prefer
    Proxy-Authenticate Public-Key-Pins Range Referer Retry-After Sec-WebSocket-Accept Sec-WebSocket-Key
    Sec-WebSocket-Protocol Server Surrogate-Key Traceparent Transfer-Encoding Upgrade User-Agent Vary Via
    WWW-Authenticate X-Amz-Date X-Content-Type-Options X-Correlation-Id X-Forwarded-For X-Page-Token
    X-RateLimit-Remaining X-Request-Id`;
  it.each(standard.split(/\s+/))('the header field %s, which is masked neither', (name) => {
    const headers = [{ name, value: 'v' }];
    expect(entryOf(sampleExchange({ request: { headers } }), policy).request.headers).toEqual(
      headers,
    );
    expect(new SecretMask(undefined).hideInHeaders(headers)).toEqual(headers);
  });

  it('names of ordinary parameters', () => {
    const url = '/?page=1&next_page_token=a&author=me&state=x&se=2027&country_code=SE';
    expect(redactUrl(url, policy)).toBe(url);
  });

  it.each(CREDENTIAL_PARAMETERS)(
    '%s in JSON, and hides it in a query, a form and a header',
    (name) => {
      const json = JSON.stringify({ a: { [name]: 'v' }, [name]: 1 });
      expect(redactJsonText(json, policy)).toEqual({ kind: 'passed', text: json });
      const { log } = logWith(name);
      expect(log.split(VALUE)).toHaveLength(2);
    },
  );
});

describe('@credentials', () => {
  it('hides signed URLs wherever they stand in JSON, however they are escaped', () => {
    const signed = {
      s3: `https://b.s3.amazonaws.com/k?X-Amz-Date=1&X-Amz-Credential=${VALUE}&X-Amz-Signature=${VALUE}`,
      gcs: `https://storage.googleapis.com/b/k?X-Goog-Credential=${VALUE}&X-Goog-Signature=${VALUE}`,
      azure: `https://a.blob.core.windows.net/c/b?sv=2024&se=2027&sig=${VALUE}%3D`,
      cloudFront: `https://d.cloudfront.net/k?Expires=1&Signature=${VALUE}&Key-Pair-Id=${VALUE}`,
      nested: `https://h/?to=${encodeURIComponent(`https://i/?a=1&token=${VALUE}`)}&b=2`,
      twice: `https://h/?to=${encodeURIComponent(encodeURIComponent(`https://i/?token=${VALUE}`))}`,
      form: `password=${VALUE}&sort=key=asc`,
      fragment: `https://h/#access_token=${VALUE}&state=kept`,
    };
    const plain = JSON.stringify({ a: [signed] });
    for (const json of [
      plain,
      plain.replaceAll('/', '\\/'),
      plain.replaceAll('&', '\\u0026'),
      plain.replaceAll('&', '\\u0026').replaceAll('=', '\\u003d'),
      plain.replaceAll('&', '&amp;'),
    ]) {
      const result = redactJsonText(json, policy) as { text: string };
      expect(result.text).not.toContain(VALUE);
      const [kept] = (JSON.parse(result.text) as { a: [typeof signed] }).a;
      expect(kept.s3).toMatch(/X-Amz-Date=1&.*=%5BREDACTED%2015%5D$/);
      expect(kept.azure).toContain('se=2027');
      expect(kept.fragment).toMatch(/state=kept$/);
    }
  });

  it('keeps the bytes of JSON in which nothing is denied', () => {
    const json = '{ "a" : 1.50, "d":"key=asc", "b":"x=1&y=2?z=3", "c":"\\u003d", "ü":"%3d" }';
    expect(redactJsonText(json, policy)).toEqual({ kind: 'passed', text: json });
  });

  it('hides GraphQL variables in a query and in a form, whatever stands in them', () => {
    for (const variables of [
      `{"input":{"password":"${VALUE}"}}`,
      `{"a":"x;y","password":"${VALUE}"}`,
      `[{"pass\\u0077ord":"${VALUE}"}]`,
      `{"api key":"${VALUE}"}`,
    ]) {
      for (const value of [
        variables,
        encodeURIComponent(variables),
        encodeURIComponent(encodeURIComponent(variables)),
      ]) {
        const url = redactUrl(`/graphql?a=1&variables=${value}&b=2`, policy);
        expect(url).not.toContain(VALUE);
        expect(url).toMatch(/^\/graphql\?a=1&variables=%5BREDACTED%20\d+%5D&b=2$/);
        const form = formText(`a=1&variables=${value}&b=2`, policy);
        expect(form).toMatch(/^a=1&variables=%5BREDACTED%20\d+%5D&b=2$/);
      }
    }
    const harmless = `/graphql?variables=${encodeURIComponent('{"field":"password"}')}`;
    expect(redactUrl(harmless, policy)).toBe(harmless);
  });

  it('hides in any document what it names, and leaves the rest', () => {
    const names = fc.constantFrom(
      ...CREDENTIAL_NAMES,
      'a',
      'author',
      'page_token',
      'user',
      'id',
      'ß',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(names, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    const expected = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(expected);
      if (value === null || typeof value !== 'object') return value;
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => {
          if (!policy.hides(name)) return [name, expected(member)];
          return [name, typeof member === 'string' ? `[REDACTED ${member.length}]` : '[REDACTED]'];
        }),
      );
    };
    fc.assert(
      fc.property(tree, (document) => {
        const result = redactJsonText(JSON.stringify(document), policy) as { text: string };
        expect(JSON.parse(result.text)).toEqual(expected(document));
      }),
      { numRuns: 500 },
    );
  });

  it('stands beside other entries, which keep their meaning', () => {
    const both = compilePolicy({ denylist: ['@credentials', 'ssn'] });
    expect(redactJsonText('{"ssn":"123","a":{"ssn":"123","otp":"123"}}', both)).toMatchObject({
      text: '{"ssn":"[REDACTED 3]","a":{"ssn":"123","otp":"[REDACTED 3]"}}',
    });
  });

  it('lets text that is no JSON pass if it names no credential, as without it', () => {
    expect(redactJsonText('{ viewer { name } }', policy)).toMatchObject({ kind: 'passed' });
    for (const text of ['{ login(password: "x") }', '{"API key" "x"}', '{ a(id: 1, otp: 2) }']) {
      expect([text, redactJsonText(text, policy)]).toEqual([
        text,
        { kind: 'invalid', open: false },
      ]);
    }
  });

  it('leaves the masks of header fields, and another entry hides them', () => {
    const headers = fields({ Authorization: 'Bearer 0123456789', 'X-Api-Key': '0123456789ab' });
    const sample = sampleExchange({ callerKey: 'anonymous', request: { headers } });
    expect(entryOf(sample, policy).request.headers.map(({ value }) => value.slice(-5))).toEqual([
      '?6789',
      '?89ab',
    ]);
    const both = compilePolicy({ denylist: ['@credentials', 'x-api-key'] });
    expect(entryOf(sample, both).request.headers[1]?.value).toBe('[REDACTED 12]');
  });

  it('takes time in proportion to the length of a text, whatever is in it', () => {
    for (const piece of ['&token=', '=', 'a=', '%25', '\\u003d', '_']) {
      expectLinear(400_000, (length) => {
        redactJsonText(`{"a":"${piece.repeat(length / piece.length)}"}`, policy);
      });
    }
    expectLinear(400_000, (length) => {
      redactUrl(`/?a={${';a={'.repeat(length / 4)}`, policy);
    });
  });
});

describe('docs/REDACTION.md', () => {
  it.each([
    ['credential names', CREDENTIAL_NAMES],
    ['credential endings', CREDENTIAL_ENDINGS],
    ['no credentials', NOT_CREDENTIALS],
    ['credential parameters', CREDENTIAL_PARAMETERS],
  ])('lists the %s', (name, names) => {
    expect(listed(name)).toEqual([...names]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('names the constants that are exported', () => {
    expect(api.CREDENTIAL_NAMES).toBe(CREDENTIAL_NAMES);
    expect(api.CREDENTIAL_ENDINGS).toBe(CREDENTIAL_ENDINGS);
    expect(api.CREDENTIAL_PARAMETERS).toBe(CREDENTIAL_PARAMETERS);
  });
});
