import { afterEach, describe, expect, it } from 'vitest';
import { CallerMasks } from '../../src/redaction/secrets';
import { encodeRecord } from '../../src/spans/attributes';
import { entryOf, type Handler, type Observer, serve, startObserver } from '../support/observe';
import { fields, recordOf, sampleExchange } from '../support/sample-exchanges';

/** Of 16 characters, of which the last four may be seen in a mask. */
const SECRET = 'the-secret-value';
const SHORT = 'short-value';

let observer: Observer | undefined;
afterEach(() => observer?.stop());

async function logOf(
  options: Parameters<typeof startObserver>[0],
  handler: Handler,
  path: string,
  init: RequestInit,
) {
  observer = await startObserver(options);
  const { port, close } = await serve(handler);
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  await response.text();
  const [log] = await observer.logs();
  await close();
  if (log === undefined) throw new Error('there is no log');
  return { entry: entryOf(log), payload: JSON.stringify(log) };
}

describe('with @credentials on the denylist', () => {
  it('a log has no credential, wherever it was, and all that is none', async () => {
    const answer = {
      user: { name: 'kept-name', accessToken: SECRET, tokens: [SECRET] },
      upload: `https://b.s3.amazonaws.com/k?X-Amz-Date=kept-date&X-Amz-Signature=${SECRET}`,
    };
    const { payload } = await logOf(
      { denylist: ['@credentials'], groupingFunction: () => ({ apiKey: 'user-17' }) },
      (req, res) => {
        res.setHeader('X-Webhook-Signature', SECRET);
        res.setHeader('Location', `/next?reset_token=${SECRET}&page=kept-page`);
        res.setHeader('Content-Type', 'application/json');
        // An answer before the end of the request's body would cut it.
        req.resume().once('end', () => res.end(JSON.stringify(answer)));
      },
      `/graphql?code=${SECRET}&sort=kept-sort&variables=${encodeURIComponent(`{"otp":"${SECRET}"}`)}`,
      {
        method: 'POST',
        headers: { 'x-hub-signature': SECRET, 'x-api-key': SECRET, 'x-other': 'kept-header' },
        body: new URLSearchParams({ new_password: SECRET, name: 'kept-field' }),
      },
    );
    expect(payload).not.toContain(SECRET);
    const kept = ['name', 'date', 'page', 'sort', 'header', 'field'];
    for (const name of kept) expect(payload).toContain(`kept-${name}`);
  });
});

describe('header fields that carry a key by their name', () => {
  const names = ['X-Api-Key', 'Api-Key', 'X-Auth-Token', 'X-Access-Token', 'X-Amz-Security-Token'];
  const lists = [{}, { denylist: ['other'] }, { denylist: ['@credentials'] }, { allowlist: names }];

  it.each(lists)(
    'are masked in requests and responses, whoever the caller is: %j',
    async (list) => {
      const group = { apiKey: 'user-17' };
      const { entry, payload } = await logOf(
        { ...list, groupingFunction: () => group },
        (_req, res) => {
          for (const name of names) res.setHeader(name, SHORT);
          res.end();
        },
        '/',
        { headers: names.map((name) => [name, SECRET]) },
      );
      expect(payload).not.toMatch(new RegExp(`${SECRET}|${SHORT}`));
      for (const [side, end] of [
        [entry.request, 'alue'],
        [entry.response, ''],
      ] as const) {
        const masked = side.headers.filter(({ value }) => /^sha512-.{88}\?/.test(value));
        expect(masked.map(({ name }) => name.toLowerCase()).sort()).toEqual(
          names.map((name) => name.toLowerCase()).sort(),
        );
        for (const { value } of masked) expect(value.split('?')[1]).toBe(end);
      }
      expect(payload).toMatch(/"id":"sha512-[^"]{88}\?r-17"/);
    },
  );

  it('are masked on a span, too', () => {
    const headers = fields(Object.fromEntries(names.map((name) => [name, SECRET])));
    const sample = sampleExchange({
      callerKey: 'user-17',
      request: { headers },
      response: { headers: fields({ 'X-Auth-Token': SHORT }) },
    });
    const attributes = JSON.stringify(encodeRecord(recordOf(sample), new CallerMasks(), 1024 ** 2));
    expect(attributes).not.toMatch(new RegExp(`${SECRET}|${SHORT}|hort-value`));
    expect(attributes.match(/sha512-.{88}\?alue/g)).toHaveLength(names.length);
    expect(attributes).toMatch(/"readme.group.id":"sha512-.{88}\?r-17"/);
  });
});
