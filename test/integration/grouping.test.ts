import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { GroupingFunction } from '../../src/index';
import type { ReceivedLog } from '../../src/local/metrics-server';
import { maskOfCaller } from '../../src/redaction/mask';
import { type Call, send } from '../support/http-client';
import { type Handler, type Observer, serve, startObserver } from '../support/observe';
import { until } from '../support/patience';
import { collectWarnings } from '../support/warnings';

const warnings = collectWarnings();
const KEY = 'owl-key-0123456789';
const GET: Call = { path: '/owls' };

let observer: Observer | undefined;
afterEach(async () => {
  await observer?.stop();
  observer = undefined;
});

interface Outcome {
  logs: ReceivedLog[];
  dropped: Record<string, number | undefined>;
}

/** Lets an application answer the calls, one after the other. */
async function run(
  groupingFunction: unknown,
  calls: readonly Call[] = [GET],
  handler: Handler = (_req, res) => res.end('hoot'),
): Promise<Outcome> {
  observer = await startObserver(
    groupingFunction === undefined
      ? {}
      : { groupingFunction: groupingFunction as GroupingFunction },
  );
  const { port, close } = await serve(handler);
  for (const call of calls) {
    const answer = await send({ port }, call);
    expect(answer.body.toString()).toBe('hoot');
  }
  const logs = await observer.logs();
  await close();
  return { logs, dropped: observer.instrumentation.stats().dropped };
}

describe('a grouping function', () => {
  const group = { apiKey: KEY, label: 'Owlbert', email: 'owlbert@example.com' };

  it.each<[string, unknown]>([
    ['returns the caller', () => group],
    ['resolves with the caller', async () => group],
    ['resolves with the caller a while after the response', () => sleep(100, group)],
    // biome-ignore lint/suspicious/noThenProperty: that is the case.
    ['returns a thenable', () => ({ then: (resolve: (value: unknown) => void) => resolve(group) })],
    ['returns more than is known of a caller', () => ({ ...group, role: 'admin' })],
  ])('that %s gives each log its group, with the key masked', async (_, groupingFunction) => {
    const { logs, dropped } = await run(groupingFunction);
    expect(logs.map((log) => log.group)).toEqual([
      { id: maskOfCaller(KEY), label: 'Owlbert', email: 'owlbert@example.com' },
    ]);
    expect(dropped).toEqual({});
    expect(warnings).toEqual([]);
  });

  it('may name the caller with a number, without label and email', async () => {
    const { logs } = await run(() => ({ apiKey: 42 }));
    expect(logs[0]?.group).toEqual({ id: maskOfCaller('42') });
  });

  it.each<[string, unknown]>([
    ['returns null', () => null],
    ['returns undefined', () => undefined],
    ['resolves with null', async () => null],
    ['resolves with undefined', async () => undefined],
  ])('that %s keeps exchanges out of the logs, without a word', async (_, groupingFunction) => {
    const { logs, dropped } = await run(groupingFunction, [GET, GET]);
    expect(logs).toEqual([]);
    expect(dropped).toEqual({});
    expect(warnings).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ['a string', () => KEY, /a string instead of an object/],
    ['a number', () => 4_242_424, /a number instead of an object/],
    ['a promise of a string', async () => KEY, /a string instead of an object/],
    ['api_key for apiKey', () => ({ api_key: KEY }), /without apiKey, but api_key: rename it/],
    ['id for apiKey', () => ({ id: KEY }), /without apiKey, but id: rename it/],
    ['no key', () => ({ label: KEY }), /an object without apiKey/],
    ['an empty key', () => ({ apiKey: '', label: KEY }), /apiKey is an empty string/],
    ['null as the key', () => ({ apiKey: null, label: KEY }), /apiKey is null/],
    ['an object as the key', () => ({ apiKey: { KEY } }), /apiKey is of type object/],
    ['NaN as the key', () => ({ apiKey: Number.NaN }), /apiKey is of type number/],
    ['a list', () => [KEY], /an object without apiKey/],
  ])('that returns %s is warned about once, by type', async (_, groupingFunction, message) => {
    const { logs, dropped } = await run(groupingFunction, [GET, GET, GET]);
    expect(logs).toEqual([]);
    expect(dropped).toEqual({ group_invalid: 3 });
    expect(warnings).toEqual([
      { code: 'README_GROUP_UNUSABLE', message: expect.stringMatching(message) },
    ]);
    expect(warnings[0]?.message).not.toMatch(/owl-key|4242424/);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'throws',
      () => {
        throw new Error(`cannot find ${KEY}`);
      },
      /threw/,
    ],
    ['rejects', () => Promise.reject(new Error(`cannot find ${KEY}`)), /was rejected/],
    ['rejects with nothing', () => Promise.reject(), /was rejected/],
    [
      'returns an object that throws',
      () => ({
        get apiKey() {
          throw new Error(KEY);
        },
      }),
      /gave an object that throws/,
    ],
  ])(
    'that %s is warned about once; the application notices nothing',
    async (_, failing, message) => {
      const { logs, dropped } = await run(failing, [GET, GET]);
      expect(logs).toEqual([]);
      expect(dropped).toEqual({ group_failed: 2 });
      expect(warnings).toEqual([
        { code: 'README_GROUP_FAILED', message: expect.stringMatching(message) },
      ]);
      expect(warnings[0]?.message).not.toContain(KEY);
    },
  );

  it('that has failed is asked again for the next exchange', async () => {
    let calls = 0;
    const { logs } = await run(() => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
      return group;
    }, [GET, GET]);
    expect(logs).toHaveLength(1);
  });

  it('is asked once an exchange, when authentication has happened', async () => {
    const seen: unknown[] = [];
    await run(
      (request: { user?: string }, response: { statusCode: number }) => {
        seen.push([request.user, response.statusCode]);
        return group;
      },
      [GET, GET],
      (req, res) => {
        Object.assign(req, { user: 'owlbert' });
        res.statusCode = 203;
        res.write('ho');
        res.end('ot');
      },
    );
    expect(seen).toEqual([
      ['owlbert', 203],
      ['owlbert', 203],
    ]);
  });

  it('that takes its time does not hold up the response', async () => {
    let answered = false;
    // If the response waited for the promise, neither would ever come.
    const { logs } = await run(
      async () => {
        await until(() => answered);
        await sleep(50);
        return group;
      },
      [GET],
      (_req, res) => {
        res.on('finish', () => {
          answered = true;
        });
        res.end('hoot');
      },
    );
    expect(logs).toHaveLength(1);
  });
});

describe('groupByApiKey, the default,', () => {
  const basic = (user: string) => `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`;

  it.each<[string, Call, string]>([
    ['a bearer token', { ...GET, headers: { Authorization: `Bearer ${KEY}` } }, KEY],
    ['a bearer token of any case', { ...GET, headers: { authorization: `bEARER ${KEY}` } }, KEY],
    ['the user of Basic', { ...GET, headers: { Authorization: basic(KEY) } }, KEY],
    ['X-API-Key', { ...GET, headers: { 'X-API-Key': KEY } }, KEY],
    ['a header with apikey in its name', { ...GET, headers: { 'My-ApiKey-Id': KEY } }, KEY],
    ['the query parameter api_key', { path: `/owls?page=1&api_key=${KEY}` }, KEY],
    ['a percent-encoded api_key', { path: '/owls?api_key=h%C3%A9+and+so+on' }, 'hé and so on'],
    [
      'the bearer token before the header',
      { ...GET, headers: { Authorization: `Bearer ${KEY}`, 'X-API-Key': 'another-key' } },
      KEY,
    ],
  ])('finds %s', async (_, call, key) => {
    const { logs } = await run(undefined, [call]);
    expect(logs[0]?.group.id).toBe(maskOfCaller(key));
    expect(warnings).toEqual([]);
  });

  it.each<[string, Call]>([
    ['none', GET],
    ['an empty one', { path: '/owls?api_key=', headers: { 'X-API-Key': '' } }],
    ['Basic without user', { ...GET, headers: { Authorization: basic('') } }],
    ['a scheme that it does not know', { ...GET, headers: { Authorization: 'Digest a="b"' } }],
  ])('groups callers with %s as anonymous', async (_, call) => {
    const { logs } = await run(undefined, [call]);
    expect(logs[0]?.group).toMatchObject({ id: maskOfCaller('anonymous'), label: 'Anonymous' });
  });
});
