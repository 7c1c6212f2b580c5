import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../src/redaction/policy';
import { expectLinear } from '../support/linear-time';

const deny = (...denylist: (string | RegExp)[]) => compilePolicy({ denylist });
const allow = (...allowlist: (string | RegExp)[]) => compilePolicy({ allowlist });

describe('denylist and allowlist', () => {
  it('let everything through when neither is given', () => {
    for (const policy of [compilePolicy({}), compilePolicy({ denylist: [] })]) {
      expect(policy.mode).toBe('none');
      expect(policy.matchesName('password')).toBe(false);
      expect(policy.hides('password')).toBe(false);
    }
  });

  it('count the denylist alone when both are given', () => {
    const policy = compilePolicy({ denylist: ['password'], allowlist: ['name'] });
    expect(policy.mode).toBe('deny');
    expect([policy.hides('password'), policy.hides('name'), policy.hides('email')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('count the allowlist when the denylist is empty', () => {
    expect(compilePolicy({ denylist: [], allowlist: ['name'] }).mode).toBe('allow');
  });

  it('allow nothing when the allowlist is empty', () => {
    const policy = allow();
    expect(policy.mode).toBe('allow');
    expect(policy.hides('name')).toBe(true);
  });

  it('match names without regard to case', () => {
    expect(deny('X-Api-Key').hides('x-api-KEY')).toBe(true);
    expect(deny(/^x-api/).hides('X-Api-Key')).toBe(true);
    expect(allow('Content-Type').hides('content-type')).toBe(false);
  });

  it('match a RegExp with flags g and y every time, from the start of the name', () => {
    for (const flags of ['g', 'y', 'gy', 'giu']) {
      const entry = new RegExp('secret', flags);
      entry.lastIndex = 3;
      const policy = deny(entry);
      expect([1, 2, 3].map(() => policy.hides('secret'))).toEqual([true, true, true]);
      expect(entry.lastIndex).toBe(3);
    }
  });

  it('take a RegExp of another realm, as tests under Jest have', () => {
    const foreign = runInNewContext('/secret/') as RegExp;
    expect(foreign instanceof RegExp).toBe(false);
    expect(deny(foreign).hides('my-secret')).toBe(true);
  });

  it('match names that are members of Object.prototype only when they are listed', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(deny('password').hides(name)).toBe(false);
      expect(deny(name).hides(name)).toBe(true);
    }
  });
});

describe('names of headers, query parameters and form fields', () => {
  it.each([
    ['a.b', 'a.b'],
    ['**.password', 'password'],
    ['user.password', 'user[password]'],
    ['user.password', 'user.password'],
    ['user[password]', 'user.password'],
    ['user.password', 'user[0][password]'],
    ['user.password', 'user[][password]'],
    ['user.password', 'user[password][]'],
    ['items[].card', 'items[0][card]'],
    ['items[].card', 'items[][card]'],
    ['items[].card', 'items[0].card'],
    ['items[].card', 'items.0.card'],
    ['items[].card', 'items.card'],
    ['items[0].card', 'items[0][card]'],
    ['**.card', 'items[0][card]'],
    ['a.**.d', 'a[b][c][d]'],
    ['a.**', 'a'],
    ['user', 'user[name]'],
    ['user', 'user[name][first]'],
    ['tags[]', 'tags'],
    ['tags[]', 'tags[]'],
    ['tags[]', 'tags[7]'],
    ['user', '[user]'],
    ['password', 'password[]'],
    ['**', 'anything'],
  ])('are hidden where the denylist has %s and the name is %s', (entry, name) => {
    expect(deny(entry).hides(name)).toBe(true);
  });

  it.each([
    ['password', 'user[password]'],
    ['password', 'passwords'],
    ['user.password', 'password'],
    ['user.password', 'user'],
    ['user.password', 'user[name]'],
    ['user.password', 'user[home][password]'],
    ['items[0].card', 'items[1][card]'],
    ['[]', 'name'],
  ])('are sent where the denylist has %s and the name is %s', (entry, name) => {
    expect(deny(entry).hides(name)).toBe(false);
  });

  it.each([
    'user[password',
    'user]password',
    'user.[password]',
    'user[ password ]',
    '.user..password',
  ])('do not evade a denylist by a typo: %s', (name) => {
    expect(deny('user.password').hides(name)).toBe(true);
  });

  it('are tried against a RegExp of a denylist as a whole and in every part', () => {
    const policy = deny(/^password$/);
    expect(policy.hides('user[password]')).toBe(true);
    expect(policy.hides('user[password_hint]')).toBe(false);
    expect(deny(/^user\[pass/).hides('user[password]')).toBe(true);
  });

  it.each([
    ['user', 'user'],
    ['user', 'user[name]'],
    ['user', 'user.name.first'],
    ['user.name', 'user[name]'],
    ['user.name', 'user.name[first]'],
    ['a.b', 'a.b'],
    ['items[].id', 'items[][id]'],
    ['items[].id', 'items[3][id]'],
    ['items[3].id', 'items[3][id]'],
    ['**.id', 'id'],
    ['**.id', 'items[3][id]'],
    [/^user_/, 'user_name'],
  ])('are sent where the allowlist has %s and the name is %s', (entry, name) => {
    expect(allow(entry).hides(name)).toBe(false);
  });

  it.each([
    ['user.name', 'user'],
    ['user.name', 'name'],
    ['user.name', 'user[0][name]'],
    ['items[].id', 'items'],
    ['items[].id', 'items.id'],
    ['items[3].id', 'items[][id]'],
    ['user', 'user[name'],
    ['user.name', 'user..name'],
    ['user.name', 'user[name'],
    ['name', 'user[name]'],
    [/^name$/, 'user[name]'],
  ])('are left out where the allowlist has %s and the name is %s', (entry, name) => {
    expect(allow(entry).hides(name)).toBe(true);
  });

  it.each(['a[', 'a[0', 'a]', 'a..b', 'a.*.b', '*.b', '.', '['])(
    'stand for no more than their letters in an allowlist when they are no path: %s',
    (entry) => {
      const policy = allow(entry);
      expect(policy.hides(entry)).toBe(false);
      for (const name of ['a', 'b', 'a.b', 'a.c.b', 'a[0]']) expect(policy.hides(name)).toBe(true);
    },
  );

  it('are hidden where an entry of the denylist is no path but may mean them', () => {
    expect(deny('user.*.card').hides('user[home][card]')).toBe(true);
    expect(deny('user[card').hides('user[card]')).toBe(true);
    expect(deny('items[0').hides('items[0][card]')).toBe(true);
  });

  it('never make a policy throw, and a denylist hides every name that is an entry', () => {
    const piece = fc.constantFrom('a', 'b', '0', '.', '[', ']', '[]', '**', '*', ' ');
    const name = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), name, (entries, other) => {
        for (const policy of [deny(...entries), allow(...entries)]) {
          for (const entry of entries) expect(policy.matchesName(entry)).toBe(true);
          expect(policy.hides(other)).toBe(policy.matchesName(other) === (policy.mode === 'deny'));
        }
      }),
    );
  });

  it('take time in proportion to their length, up to a megabyte', () => {
    for (const policy of [deny('a.b', 'items[].card', '**.x', /secret$/), allow('a.b', '**.x')]) {
      for (const piece of ['[a]', '[', ']', '.', 'a', '[]']) {
        expectLinear(1e6, (length) => policy.hides(piece.repeat(length / piece.length)));
      }
    }
  });
});
