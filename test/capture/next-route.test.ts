import { afterEach, beforeEach, expect, it } from 'vitest';
import { entryOf, type Observer, serve, startObserver } from '../support/observe';

// Next itself is in the examples (`npm run test:examples`): to build an application takes half a minute.
const META = Symbol.for('NextInternalRequestMeta');

let observer: Observer;
beforeEach(async () => {
  observer = await startObserver();
});
afterEach(() => observer.stop());

it.each([
  ['/letters/7', '/letters/[id]', '/letters/[id]'],
  ['/docs/letters/7?x', '/letters/[id]', '/docs/letters/[id]'],
  ['/blog/a/b', '/blog/[...slug]', '/blog/a/b'],
  ['/missing/x', '/_not-found', '/missing/x'],
  ['/letters/7', undefined, '/letters/7'],
])('of %s that Next has matched with %s the page is %s', async (path, pathname, page) => {
  const api = await serve((req, res) => {
    Object.assign(req, { [META]: { match: pathname && { definition: { pathname } } } });
    res.end('ok');
  });
  await fetch(`http://127.0.0.1:${api.port}${path}`, { headers: { connection: 'close' } });
  const [log] = await observer.logs();
  await api.close();
  expect(entryOf(log).pageref.replace(/^http:\/\/[^/]+/, '')).toBe(page);
});
