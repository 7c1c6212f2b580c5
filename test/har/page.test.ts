import { describe, expect, it } from 'vitest';
import { isCatchAll, pageref } from '../../src/har/page';

describe('a page', () => {
  it.each([
    ['/*', 'Express 4, Fastify, chi'],
    ['*', 'Fastify'],
    ['/files/*', 'Express 4, Hono'],
    ['/{*splat}', 'Express 5'],
    ['/files/*rest', 'Express 5, Gin, Rails'],
    ['/:path(.*)', 'Koa'],
    ['/:rest+', 'Koa'],
    ['/(.*)', 'Koa'],
    ['/{rest*}', 'Hapi'],
    ['/[...slug]', 'Next.js'],
    ['/[[...slug]]', 'Next.js'],
    ['/**', 'Spring, h3'],
    ['/{**slug}', 'ASP.NET'],
    ['/{path...}', 'Go'],
    ['/{path:path}', 'FastAPI'],
    ['/<path:name>', 'Flask'],
    ['/^\\/assets\\/.*/', 'a RegExp'],
    ['/^(.+)$/i', 'a RegExp'],
  ])('is the URL itself where %s matched (%s)', (route) => {
    expect(isCatchAll(route)).toBe(true);
    expect(pageref(route, 'https://h/a/b/?x=1')).toBe('https://h/a/b');
  });

  it.each([
    '/users/:id',
    '/users/:id(\\d*)',
    '/users/:id([a-z]+)?',
    '/users{/:id}',
    '/users/{id}',
    '/users/{id:[0-9]+}',
    '/users/{id?}',
    '/{pair*2}',
    '/letters/[id]',
    '/^\\/files\\/(\\d+)$/',
    '/c++',
  ])('is the route %s, which is no catch-all', (route) => {
    expect(isCatchAll(route)).toBe(false);
    expect(pageref(route, 'https://h/a/b/?x=1')).toBe(`https://h${route}`);
  });

  it.each([
    ['/posts/', 'https://h/posts/', 'https://h/posts'],
    ['', 'https://h/posts/?page=2', 'https://h/posts'],
    ['', 'https://h/posts//', 'https://h/posts'],
    ['/', 'https://h/', 'https://h/'],
    ['', 'https://h/', 'https://h/'],
    ['', 'https://h:80/?x', 'https://h:80/'],
    ['/posts/:id/', 'https://h/posts/1', 'https://h/posts/:id'],
  ])('has no slash at its end, for route %j and URL %s', (route, url, page) => {
    expect(pageref(route, url)).toBe(page);
  });
});
