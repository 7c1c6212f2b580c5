import { expect, it } from 'vitest';
import { SecretHider, shownSecret } from '../../src/doctor/hide-secrets';

function hider(...secrets: string[]): SecretHider {
  const result = new SecretHider();
  for (const secret of secrets) result.add(secret);
  return result;
}

it.each([
  ['rdme_0123456789abcdef', '******cdef (21 characters)'],
  ['short', '****** (5 characters)'],
  ['7', '****** (1 character)'],
])('%s is shown as %s', (secret, shown) => {
  expect(shownSecret(secret)).toBe(shown);
});

it('a secret is hidden wherever it stands', () => {
  expect(hider('key-of-hedwig').hide('is xkey-of-hedwigx, key-of-hedwig.')).toBe(
    'is x******x, ******.',
  );
});

it('a short one only as a word', () => {
  expect(hider('42').hide('42 of 4200, (42), 4-42')).toBe('****** of 4200, (******), 4-42');
});

it('one that holds another is hidden whole', () => {
  expect(hider('hedwig', 'hedwig-and-errol').hide('hedwig-and-errol')).toBe('******');
});

it('of a URL, user, password and query are hidden', () => {
  expect(hider().hide('got "https://owl:pass@a.example/b?token=c" and http://d.example:80/')).toBe(
    'got "https://******@a.example/b?******" and http://d.example:80/',
  );
});
