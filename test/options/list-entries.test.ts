import { describe, expect, it } from 'vitest';
import { ReadmeOptionsError } from '../../src/index';
import { resolveOptions } from '../../src/options/resolve-options';

const lists = ['denylist', 'allowlist'] as const;

describe.each(lists)('an entry of %s in code', (option) => {
  const resolved = (entries: (string | RegExp)[]) =>
    resolveOptions({ apiKey: 'key', [option]: entries }, {})[option];

  it.each([
    'card',
    'first name',
    'dc:title',
    '$ref',
    '+1',
    '**',
    '**.@odata.id',
    'a.**.b',
    'items[].card',
    'items[0][card]',
    'X-Api-Key',
    'user[password]',
    'a/b',
    '/a/b',
    "o'clock",
    'a=b',
    'été',
  ])('may be %s', (entry) => {
    expect(resolved(['a', entry, /x,*/])).toEqual(['a', entry, /x,*/]);
  });

  it.each([
    [' card', 'a space', 'without it'],
    ['card ', 'a space', 'without it'],
    ['card\n', 'a space', 'without it'],
    ['"card"', 'quotes', 'without them'],
    ["'card'", 'quotes', 'without them'],
    ['“card”', 'quotes', 'without them'],
    ['/card/', 'RegExp in a string', '/name/'],
    ['/card/i', 'RegExp in a string', '/name/'],
    ['$.card', 'JSONPath', 'a.b'],
    ['$..card', 'JSONPath', '**.b'],
    ['$[0].card', 'JSONPath', 'a.b'],
    ['card,pin', '","', 'an entry for each name'],
    ['card;pin', '";"', 'an entry for each name'],
    ['*', '"*"', 'RegExp'],
    ['card*', '"*"', 'RegExp'],
    ['x-*', '"*"', 'RegExp'],
    ['**card', '"*"', '**.card'],
    ['a.*.card', '"*"', '**.card'],
    ['u[*].card', '"*"', 'items[].card'],
    ['card[', 'neither a name nor a path', 'items[].card'],
    ['card]', 'neither a name nor a path', 'items[].card'],
    ['u..card', 'neither a name nor a path', '**.card'],
    ['.card', 'neither a name nor a path', 'RegExp'],
    ['card.', 'neither a name nor a path', 'RegExp'],
  ])('may not be %j, which cannot mean what it looks like', (entry, fault, instead) => {
    const attempt = () => resolved(['a', entry]);
    expect(attempt).toThrow(ReadmeOptionsError);
    let message = '';
    try {
      attempt();
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message.startsWith(`${option}[1] `)).toBe(true);
    expect(message).toContain(fault);
    expect(message.split(': ')[1]).toContain(instead);
  });

  it('is not in the message: it may be a secret in the wrong place', () => {
    expect(() => resolved(['hunter2 '])).not.toThrow(/hunter2/);
  });
});

describe('"@credentials"', () => {
  it('is known in any case in a denylist', () => {
    const denylist = ['@Credentials', 'ssn'];
    expect(resolveOptions({ apiKey: 'key', denylist }, {}).denylist).toEqual([
      '@credentials',
      'ssn',
    ]);
  });
});

describe('a key whose variable is misspelt', () => {
  it('is missing, and the error names the variable', () => {
    expect(() => resolveOptions({}, { README_APIKEY: 'hunter2' })).toThrow(
      /^apiKey is missing: .*README_API_KEY \(README_APIKEY is set, and is not read\)/,
    );
    expect(() => resolveOptions({}, { README_APIKEY: 'hunter2' })).not.toThrow(/hunter2/);
    expect(() => resolveOptions({}, { README_URL: 'x' })).not.toThrow(/README_URL/);
  });
});
