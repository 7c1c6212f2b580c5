import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OwnListener } from '../../../src/delivery/exit/own-listener';
import { rounds } from '../../support/patience';

const EVENT = 'event of the test';
const emitter: NodeJS.EventEmitter = process;
let called: string[];
let listeners: OwnListener[];
let warned: string[];
const onWarning = (warning: Error) => void warned.push(warning.message);

const note = (name: string) => () => void called.push(name);

function own(place: 'first' | 'last'): OwnListener {
  const listener = new OwnListener(EVENT, place, note(place));
  listeners.push(listener);
  listener.add();
  return listener;
}

async function emitted(): Promise<string[]> {
  await rounds(1);
  called = [];
  emitter.emit(EVENT);
  return called;
}

beforeEach(() => {
  called = [];
  listeners = [];
  warned = [];
  process.on('warning', onWarning);
});
afterEach(() => {
  for (const listener of listeners) listener.remove();
  emitter.removeAllListeners(EVENT);
  process.off('warning', onWarning);
});

describe('a listener of ours', () => {
  it('stays the first or the last, whatever the application adds', async () => {
    emitter.on(EVENT, note('a'));
    own('first');
    own('last');
    emitter.prependListener(EVENT, note('b'));
    emitter.on(EVENT, note('c'));
    expect(await emitted()).toEqual(['first', 'b', 'a', 'c', 'last']);
    emitter.prependOnceListener(EVENT, note('once'));
    expect(await emitted()).toEqual(['first', 'once', 'b', 'a', 'c', 'last']);
  });

  it('stands beside those of another copy of the package, which want the same place', async () => {
    vi.resetModules();
    const copy = await import('../../../src/delivery/exit/own-listener');
    expect(copy.OwnListener).not.toBe(OwnListener);
    own('last');
    const other = new copy.OwnListener(EVENT, 'last', note('last of the copy'));
    other.add();
    let moves = 0;
    const count = () => void moves++;
    process.on('newListener', count);
    emitter.on(EVENT, note('a'));
    expect((await emitted())[0]).toBe('a');
    expect([...called].sort()).toEqual(['a', 'last', 'last of the copy']);
    expect(moves).toBeLessThan(10);
    process.off('newListener', count);
    other.remove();
  });

  it('comes back after removeAllListeners(), with the next listener', async () => {
    own('first');
    emitter.removeAllListeners(EVENT);
    emitter.on(EVENT, note('a'));
    expect(await emitted()).toEqual(['first', 'a']);
  });

  it('counts the others, also those that hide from process.listenerCount()', () => {
    const first = own('first');
    own('last');
    const { listenerCount } = process;
    emitter.on(EVENT, note('hidden'));
    process.listenerCount = () => 0;
    expect(first.others).toBe(1);
    process.listenerCount = listenerCount;
  });

  it('leaves nothing behind', () => {
    const before = emitter.listenerCount('newListener');
    own('first').remove();
    expect([emitter.listenerCount(EVENT), emitter.listenerCount('newListener')]).toEqual([
      0,
      before,
    ]);
  });
});

describe('the limit for listeners', () => {
  const add = async (count: number, together: boolean) => {
    for (let index = 0; index < count; index++) {
      emitter.on(EVENT, note('other'));
      if (!together) await rounds(1);
    }
  };

  it.each([
    ['one after the other', false],
    ['in the same turn', true],
  ])('does not count ours: the application adds its listeners %s', async (_how, together) => {
    own('first');
    own('last');
    await add(10, together);
    await rounds(1);
    expect(warned).toEqual([]);
    await add(1, together);
    await rounds(1);
    expect(warned).toEqual([expect.stringContaining('11 event of the test listeners')]);
    expect(await emitted()).toEqual(['first', ...Array(11).fill('other'), 'last']);
  });

  it('holds as before when ours are added to ten', async () => {
    const limit = Object.getOwnPropertyDescriptor(process, '_maxListeners');
    await add(10, true);
    own('first');
    own('last');
    await rounds(1);
    expect(warned).toEqual([]);
    expect(Object.getOwnPropertyDescriptor(process, '_maxListeners')).toEqual(limit);
    expect(process.getMaxListeners()).toBe(EventEmitter.defaultMaxListeners);
  });
});
