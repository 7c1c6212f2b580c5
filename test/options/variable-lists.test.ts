import { describe, expect, it } from 'vitest';
import { ReadmeOptionsError } from '../../src/index';
import { resolveOptions } from '../../src/options/resolve-options';

const resolve = (environment: NodeJS.ProcessEnv) =>
  resolveOptions({ apiKey: 'rdme_secret_key' }, environment);

describe('a list in a variable', () => {
  const understood: [string, string[]][] = [
    ['password', ['password']],
    [' password , card ', ['password', 'card']],
    ['password,\n  card,\n', ['password', 'card']],
    ['password,,card', ['password', 'card']],
    ['X-Api-Key,user_id,été,身份', ['X-Api-Key', 'user_id', 'été', '身份']],
    [
      'a.b,items[].card,items[0],**.password,a.**.b,user[password]',
      ['a.b', 'items[].card', 'items[0]', '**.password', 'a.**.b', 'user[password]'],
    ],
    [
      '["password", "first name", "dc:title", "$ref", "+1", "**.@odata.id"]',
      ['password', 'first name', 'dc:title', '$ref', '+1', '**.@odata.id'],
    ],
  ];
  it.each(understood)('%j is understood', (text, names) => {
    expect(resolve({ README_DENYLIST: text }).denylist).toEqual(names);
    expect(resolve({ README_ALLOWLIST: text }).allowlist).toEqual(names);
  });

  it('"@credentials" is understood in a denylist', () => {
    const README_DENYLIST = '@credentials,ssn';
    expect(resolve({ README_DENYLIST }).denylist).toEqual(['@credentials', 'ssn']);
  });

  const mistaken = [
    '"password"',
    "'password','card'",
    '“password”',
    '`password`',
    '""',
    'card\npassword',
    'card\r\npassword',
    'card\u2028password',
    '- card\n- password',
    'card;password',
    'card password',
    'card\tpassword',
    'card\u00a0password',
    'card，password',
    'card:password',
    'card|password',
    'card=password',
    'card+password',
    'card/password',
    'card\\npassword',
    '/a{1,2}b|password/',
    '/password/i',
    '^password$',
    'pass.+',
    'pass?word',
    '*',
    '*password*',
    'password*',
    '***.password',
    'a.*.b',
    'items[*].card',
    '[password]',
    '[password, card]',
    '(password)',
    '{password}',
    '<password>',
    'items[.card',
    'items].card',
    'p[ao]ssword',
    'a..b',
    '.password',
    'password.',
    '$DENIED',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as a shell would have expanded it
    '${DENIED}',
    '%DENIED%',
    'user%5Bpassword%5D',
    'password # the user’s',
    'password\u200b',
    'true',
    'null',
    'undefined',
    '@',
    '@"credentials"',
    '[object Object]',
    '["password"',
    '["password",]',
    "['password']",
    '["password", 1]',
    '[["password"]]',
    '{"denylist":["password"]}',
    '[""]',
    '[" password"]',
    '["password\\n"]',
    '["pass\\"word"]',
    '["*password*"]',
    '["/password/i"]',
    '["^password"]',
    '["(a|b)"]',
    '["card,password"]',
    '["card;password"]',
    '["items[.card"]',
    '["a..b"]',
    ',',
  ];
  for (const variable of ['README_DENYLIST', 'README_ALLOWLIST']) {
    it.each(mistaken)(
      `${variable}=%j is an error that names the variable, not a list that hides nothing`,
      (text) => {
        const attempt = () => resolve({ [variable]: text });
        expect(attempt).toThrow(ReadmeOptionsError);
        expect(attempt).toThrow(new RegExp(`^${variable} must be names separated by commas`));
      },
    );
  }

  it('that is not understood is not repeated, but for the character that is wrong', () => {
    expect(() => resolve({ README_DENYLIST: 'ok,se;cret' })).toThrow(/: entry 2 has ";" in it$/);
  });

  const noHosts = [
    '"api.example.com"',
    'a;b',
    'a b',
    'https://api.example.com',
    '*.example.com',
    '["a", "b/c"]',
    'a:b',
    '/api/',
  ];
  it.each(noHosts)(
    'README_ALLOWED_HTTP_HOSTS=%j is an error, as such a host never comes',
    (text) => {
      expect(() => resolve({ README_ALLOWED_HTTP_HOSTS: text })).toThrow(
        /^README_ALLOWED_HTTP_HOSTS must be hosts/,
      );
    },
  );

  it('of hosts may have ports and addresses', () => {
    const text = 'API.example.com,localhost:3000,127.0.0.1,[::1]:80';
    expect(resolve({ README_ALLOWED_HTTP_HOSTS: text }).allowedHttpHosts).toEqual(
      text.toLowerCase().split(','),
    );
  });

  it('knows "@credentials" in any case', () => {
    expect(resolve({ README_DENYLIST: '@Credentials' }).denylist).toEqual(['@credentials']);
  });
});
