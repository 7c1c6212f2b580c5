import { expect, it } from 'vitest';
import { LogInbox } from '../../src/local/log-inbox';
import { logOf } from '../support/viewer-logs';

it('lets go of the oldest logs above its bytes, and keeps the newest however large it is', () => {
  const inbox = new LogInbox(10, 100);
  for (const [id, bytes] of [
    ['a', 40],
    ['b', 40],
    ['c', 40],
  ] as const) {
    inbox.add(logOf({ id }), bytes);
  }
  expect(inbox.logs.map(({ _id }) => _id)).toEqual(['b', 'c']);
  expect([inbox.first, inbox.end, inbox.dropped]).toEqual([1, 3, 1]);

  inbox.add(logOf({ id: 'huge' }), 1000);
  expect(inbox.logs.map(({ _id }) => _id)).toEqual(['huge']);
  inbox.add(logOf({ id: 'd' }), 1);
  expect(inbox.logs.map(({ _id }) => _id)).toEqual(['d']);
});

it('tells its followers of every log and of clearing, until they no longer follow', () => {
  const inbox = new LogInbox(10);
  const seen: number[] = [];
  const unfollow = inbox.follow(() => seen.push(inbox.end - inbox.first));
  inbox.add(logOf());
  inbox.add(logOf());
  inbox.clear();
  unfollow();
  inbox.add(logOf());
  expect(seen).toEqual([1, 2, 0]);
});
