import { expect, it } from 'vitest';
import { templateFromParams } from '../../src/capture/route-from-params';

it.each([
  ['/users/7', { id: '7' }, '/users/:id'],
  ['/users/a%2Fb', { id: 'a/b' }, '/users/:id'],
  ['/users/a%2Fb', { id: 'a%2Fb' }, '/users/:id'],
  ['/users/%E0', { id: '%E0' }, '/users/:id'],
  ['/7/7', { a: '7', b: '7' }, '/:a/:b'],
  ['/users/7/posts', { id: '7', page: undefined }, '/users/:id/posts'],
])('reads the template of %s with %j as %s', (path, params, template) => {
  expect(templateFromParams(path, params)).toBe(template);
});

it.each([
  ['/7/7', { id: '7' }],
  ['/users/users', { id: 'users' }],
  ['/a/b/c', { rest: 'b/c' }],
  ['/owl.json', { name: 'owl' }],
  ['/2/1', { a: '1', b: '2' }],
])('does not guess where %s with %j could be read in two ways, or in none', (path, params) => {
  expect(templateFromParams(path, params)).toBeUndefined();
});
